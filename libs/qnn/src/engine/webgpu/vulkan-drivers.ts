import { readdirSync } from 'node:fs';
import { homedir } from 'node:os';
import { delimiter, join } from 'node:path';

/** Where the Vulkan loader looks for drivers, after https://github.com/KhronosGroup/Vulkan-Loader (LoaderDriverInterface). */
function manifestFolders(env: NodeJS.ProcessEnv): string[] {
  const lists = [env.XDG_CONFIG_DIRS ?? '/etc/xdg', env.XDG_DATA_DIRS ?? '/usr/local/share:/usr/share'];
  const home = env.XDG_DATA_HOME ?? join(homedir(), '.local/share');
  const bases = ['/etc', '/usr/local/etc', home, ...lists.flatMap((list) => list.split(delimiter))];
  return bases.map((base) => join(base, 'vulkan/icd.d'));
}

/**
 * Whether Linux has any Vulkan driver. Without one, Dawn is not started: it would only print errors on stderr. Other
 * systems have Metal or Direct3D.
 */
export function hasVulkanDriver(platform: NodeJS.Platform = process.platform, env = process.env): boolean {
  if (platform !== 'linux') return true;
  if (env.VK_ICD_FILENAMES || env.VK_DRIVER_FILES || env.VK_ADD_DRIVER_FILES) return true;
  return manifestFolders(env).some((folder) => {
    try {
      return readdirSync(folder).some((name) => name.endsWith('.json'));
    } catch {
      return false;
    }
  });
}
