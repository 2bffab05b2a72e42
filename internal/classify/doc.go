// Package classify reads causes for people: each message of a stream, and how
// well the reading does on messages that people have judged.
//
//	Run       JSON lines of messages in, their causes out (row.go)
//	Evaluate  judged messages in, a Score out (eval.go)
//	Score     the confusion of labels and classes, precision, recall, the
//	          promises of the project, every miss (table.go)
//
// Every message is read by cause.Read as the one failed step of an execution,
// which is what the function does: what is measured is what runs.
package classify
