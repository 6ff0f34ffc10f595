OPENQASM 2.0;
include "qelib1.inc";
gate inner q0,q1 { h q0; cx q0,q1; rz(0.3) q1; }
gate inner_dg q0,q1 { rz(-0.3) q1; cx q0,q1; h q0; }
gate cinner q0,q1,q2 { s q1; h q1; t q1; cx q0,q1; tdg q1; h q1; sdg q1; ccx q0,q1,q2; crz(0.3) q0,q2; }
gate outer q0,q1,q2 { inner q2,q0; inner_dg q0,q1; cinner q0,q1,q2; }
gate qft q0,q1,q2 { h q2; cp(pi/2) q2,q1; cp(pi/4) q2,q0; h q1; cp(pi/2) q1,q0; h q0; swap q0,q2; }
gate unitary q0,q1 { u(2.188492339916951,-2.0091821781974577,1.2268610322295581) q0; u(2.4155124160030996,2.2075248813949235,-1.1501879366991659) q1; cx q0,q1; u(0.8073189603009931,-pi/2,pi/2) q0; u(1.3229617297151985,-0.7533624873862674,-0.25581772447053774) q1; cx q0,q1; u(0.5470181950815381,0,-pi/2) q0; u(pi/3,2.5261129449194053,-0.6154797086703869) q1; cx q0,q1; u(2.4772292601286896,1.9574945208675967,-2.49795435757286) q0; u(0.8597875957238095,-2.6666722311410718,-0.470916650919456) q1; }
qreg q[4];
h q[0];
h q[1];
h q[2];
h q[3];
outer q[3],q[1],q[0];
qft q[0],q[1],q[2];
unitary q[1],q[3];
