// Package e2e tries the built function with the real tools: the program that
// `sam build` made, in `sam local` and on its own, in front of DynamoDB Local
// and of the stand-in for SageMaker and Scheduler. `make e2e` installs the tools,
// builds, and runs it; nothing of it is compiled without the build tag e2e.
//
// Two things run the program. `sam local invoke` does so as the template says,
// in a container, which takes a second or two: every file in events/ goes
// through it, and the life of a failure from its event to its retry. [Process]
// does so in milliseconds, behind a Runtime API of its own: twenty at a time,
// killed between any two calls, refused what they need.
//
// Both reach AWS through a gate that counts what passes, so that a test knows
// every call that an invocation made, and can act between any two of them.
//
// The tests of histories (history_*_test.go, thaw_test.go) record what many
// processes send while they are killed and frozen, and have internal/history find
// an order in which all of it makes sense.
package e2e
