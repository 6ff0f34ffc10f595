OPENQASM 3.0;
include "stdgates.inc";
gate inner _gate_q_0, _gate_q_1 {
  h _gate_q_0;
  cx _gate_q_0, _gate_q_1;
  rz(0.3) _gate_q_1;
}
gate inner_dg _gate_q_0, _gate_q_1 {
  rz(-0.3) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  h _gate_q_0;
}
gate cinner _gate_q_0, _gate_q_1, _gate_q_2 {
  s _gate_q_1;
  h _gate_q_1;
  t _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  tdg _gate_q_1;
  h _gate_q_1;
  sdg _gate_q_1;
  ccx _gate_q_0, _gate_q_1, _gate_q_2;
  crz(0.3) _gate_q_0, _gate_q_2;
}
gate outer _gate_q_0, _gate_q_1, _gate_q_2 {
  inner _gate_q_2, _gate_q_0;
  inner_dg _gate_q_0, _gate_q_1;
  cinner _gate_q_0, _gate_q_1, _gate_q_2;
}
gate qft _gate_q_0, _gate_q_1, _gate_q_2 {
  h _gate_q_2;
  cp(pi/2) _gate_q_2, _gate_q_1;
  cp(pi/4) _gate_q_2, _gate_q_0;
  h _gate_q_1;
  cp(pi/2) _gate_q_1, _gate_q_0;
  h _gate_q_0;
  swap _gate_q_0, _gate_q_2;
}
gate unitary _gate_q_0, _gate_q_1 {
  U(2.188492339916951, -2.0091821781974577, 1.2268610322295581) _gate_q_0;
  U(2.4155124160030996, 2.2075248813949235, -1.1501879366991659) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  U(0.8073189603009931, -pi/2, pi/2) _gate_q_0;
  U(1.3229617297151985, -0.7533624873862674, -0.25581772447053774) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  U(0.5470181950815381, 0, -pi/2) _gate_q_0;
  U(pi/3, 2.5261129449194053, -0.6154797086703869) _gate_q_1;
  cx _gate_q_0, _gate_q_1;
  U(2.4772292601286896, 1.9574945208675967, -2.49795435757286) _gate_q_0;
  U(0.8597875957238095, -2.6666722311410718, -0.470916650919456) _gate_q_1;
}
qubit[4] q;
h q[0];
h q[1];
h q[2];
h q[3];
outer q[3], q[1], q[0];
qft q[0], q[1], q[2];
unitary q[1], q[3];

