"""Serves the generator: `python -m numpy_generator`."""

from numpy_generator.service import CONTRACT, NAME, Generator
from qloom.generator.v1 import generator_pb2_grpc
from qloom_service.serve import serve

if __name__ == "__main__":
    serve(NAME, CONTRACT, lambda server: generator_pb2_grpc.add_GeneratorServiceServicer_to_server(Generator(), server))
