OPENQASM 3.0;
include "stdgates.inc";
input float[64] phi;
input float[64] _x_0_;
input float[64] _x_1_;
input float[64] θ;
qubit[2] q;
ry(0.5 + 2*_x_0_) q[0];
rx(phi/(-3) + _x_1_*θ) q[1];
crz(-θ) q[0], q[1];
U(θ, phi, pi/2) q[0];
p(2*(pi - _x_0_)*(pi - _x_1_)) q[1];

