// Package explain tells one decision as a person would want it told: what came
// in, what SageMaker said to it, what was read from that, every step of the
// judgement, what becomes of it, and what would have changed it.
//
// Nothing is judged here. The event is read by internal/event, the facts by
// internal/pipelines, the failure is judged by retry.Plan, and a policy under
// watch (watch.go) notes what it was asked and every step that it took. So what
// people are told is what was decided. What would have changed it is found in
// the same way, by planning again with one thing changed (counter.go).
//
// Facts come from one of three places, and are read by the same code:
//
//   - an account: the adapters themselves;
//   - a recording (recording.go): what the AWS CLI printed, served to the
//     adapters in place of SageMaker's answers (replay.go);
//   - a trail of the ledger (trail.go), which holds them as they were read.
//
// The breakers that a failure meets are read as the judgement asks for them, and
// the turn that it would be given in a line is worked out from how the line
// stands: nobody's turn is taken to explain something.
//
// A Story is what is told. It is the JSON that machines get, and page.go writes
// the same for people.
//
// Nothing is ever written, scheduled or retried from here.
package explain
