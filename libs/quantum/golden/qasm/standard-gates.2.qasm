OPENQASM 2.0;
include "qelib1.inc";
gate r(param0,param1) q0 { u(param0,-pi/2 + param1,pi/2 - param1) q0; }
gate iswap q0,q1 { s q0; s q1; h q0; cx q0,q1; cx q1,q0; h q1; }
gate dcx q0,q1 { cx q0,q1; cx q1,q0; }
gate ecr q0,q1 { s q0; sx q1; cx q0,q1; x q0; }
gate cs q0,q1 { t q0; cx q0,q1; tdg q1; cx q0,q1; t q1; }
gate csdg q0,q1 { tdg q0; cx q0,q1; t q1; cx q0,q1; tdg q1; }
gate ryy(param0) q0,q1 { sxdg q0; sxdg q1; cx q0,q1; rz(param0) q1; cx q0,q1; sx q0; sx q1; }
gate rzx(param0) q0,q1 { h q1; cx q0,q1; rz(param0) q1; cx q0,q1; h q1; }
gate ccz q0,q1,q2 { h q2; ccx q0,q1,q2; h q2; }
gate rcccx q0,q1,q2,q3 { h q3; t q3; cx q2,q3; tdg q3; h q3; cx q0,q3; t q3; cx q1,q3; tdg q3; cx q0,q3; t q3; cx q1,q3; tdg q3; h q3; t q3; cx q2,q3; tdg q3; h q3; }
gate mcx q0,q1,q2,q3 { h q3; p(pi/8) q0; p(pi/8) q1; p(pi/8) q2; p(pi/8) q3; cx q0,q1; p(-pi/8) q1; cx q0,q1; cx q1,q2; p(-pi/8) q2; cx q0,q2; p(pi/8) q2; cx q1,q2; p(-pi/8) q2; cx q0,q2; cx q2,q3; p(-pi/8) q3; cx q1,q3; p(pi/8) q3; cx q2,q3; p(-pi/8) q3; cx q0,q3; p(pi/8) q3; cx q2,q3; p(-pi/8) q3; cx q1,q3; p(pi/8) q3; cx q2,q3; p(-pi/8) q3; cx q0,q3; h q3; }
gate mcx_140353623219024 q0,q1,q2,q3,q4 { h q4; cp(pi/2) q3,q4; h q4; h q3; t q3; cx q2,q3; tdg q3; h q3; cx q0,q3; t q3; cx q1,q3; tdg q3; cx q0,q3; t q3; cx q1,q3; tdg q3; h q3; t q3; cx q2,q3; tdg q3; h q3; h q4; cp(-pi/2) q3,q4; h q4; h q3; t q3; cx q2,q3; tdg q3; h q3; t q3; cx q1,q3; tdg q3; cx q0,q3; t q3; cx q1,q3; tdg q3; cx q0,q3; h q3; t q3; cx q2,q3; tdg q3; h q3; h q4; cp(pi/8) q0,q4; h q4; cx q0,q1; h q4; cp(-pi/8) q1,q4; h q4; cx q0,q1; h q4; cp(pi/8) q1,q4; h q4; cx q1,q2; h q4; cp(-pi/8) q2,q4; h q4; cx q0,q2; h q4; cp(pi/8) q2,q4; h q4; cx q1,q2; h q4; cp(-pi/8) q2,q4; h q4; cx q0,q2; h q4; cp(pi/8) q2,q4; h q4; }
qreg q[5];
ry(0.3) q[0];
ry(0.5) q[1];
ry(0.7) q[2];
ry(0.9000000000000001) q[3];
ry(1.1) q[4];
x q[1];
y q[1];
z q[1];
h q[1];
s q[1];
sdg q[1];
t q[1];
tdg q[1];
sx q[1];
sxdg q[1];
id q[1];
rx(0.1) q[0];
ry(-0.4) q[1];
rz(pi/8) q[2];
p(0.7) q[3];
u(0.3,0.2,-0.1) q[4];
r(0.4,0.9) q[0];
cx q[0],q[1];
cy q[0],q[1];
cz q[0],q[1];
ch q[0],q[1];
swap q[0],q[1];
csx q[0],q[1];
iswap q[0],q[1];
dcx q[0],q[1];
ecr q[0],q[1];
cs q[0],q[1];
csdg q[0],q[1];
cp(0.3) q[1],q[2];
crx(0.4) q[2],q[3];
cry(0.5) q[3],q[4];
crz(0.6) q[4],q[0];
cu(0.1,0.2,0.3,0.4) q[0],q[2];
rxx(0.2) q[0],q[1];
ryy(0.3) q[1],q[2];
rzz(0.4) q[2],q[3];
rzx(0.5) q[3],q[4];
ccx q[0],q[1],q[2];
ccz q[1],q[2],q[3];
cswap q[2],q[3],q[4];
rccx q[0],q[2],q[4];
rcccx q[0],q[1],q[2],q[3];
mcx q[0],q[1],q[2],q[3];
mcx_140353623219024 q[4],q[3],q[2],q[1],q[0];
