OPENQASM 3.0;
include "stdgates.inc";
bit[3] c;
qubit[2] a;
qubit[1] b;
h a[0];
h a[1];
cx a[0], b[0];
cx a[1], b[0];
barrier a[0], a[1], b[0];
cz a[1], b[0];
ry(2*pi/3) b[0];
c[2] = measure a[0];
c[1] = measure a[1];
c[0] = measure b[0];

