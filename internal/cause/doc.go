// Package cause reads why a SageMaker pipeline execution failed from the
// reasons of its failed steps, and says whether a retry has a fair chance.
//
// SageMaker states a failure in one text of at most 1,024 characters, without
// a code of its own. Read takes that text apart in this order:
//
//  1. tidy (text.go): bound the length, drop control and bidirectional
//     characters, make every run of white space one space;
//  2. open (message.go): cut off the sentence that the retry policy appends,
//     peel the wrappers that mean nothing ("ClientError:", "Error for
//     Training job x: Failed. Reason:"), blank out what users name freely
//     (ARNs, URLs, command lines), note who speaks (the service or the user's
//     own code), the error codes (codes.go), the numbers that mean something
//     (numbers.go: HTTP statuses, exit codes, errno), the exception raised
//     last, and the quota (quota.go);
//  3. try the rules (rules.go and the rules_*.go tables, made ready in
//     book.go): the first that matches decides.
//
// # Order of the rules
//
// The tables are tried one after the other:
//
//	told apart   messages that look like another kind and are not; documented lists of messages
//	permanent    refusals, what is exhausted, what is absent, the user's faults
//	unclear      words that fit both a passing and a lasting fault, and what failed for a reason not told
//	shapes       weak lasting evidence: a generic validation code, a Python
//	             exception that the same code raises again
//	passing      whole sentences of AWS's references, shortages, faults of services, lost connections
//	weak         nothing but the shell of a message, or its subject
//
// So evidence against a retry always beats evidence for one. That is the one
// promise of this package: a permanent failure is not called transient. Only
// among the unclear words a passing fault's own code, stated by the service
// before them, decides: "An error occurred (ThrottlingException) ...: the limit
// is reached" is throttling. When nothing matches, or the text was too long to
// be read whole, the label is ambiguous.
//
// A rule for a passing fault that decides is still doubted (trust.go): where a
// refusal stands in another sentence, where an exception of the language is
// named, where words of refusal or the subjects of lasting faults stand beside
// it. No doubt is cast on a service's own statement where it is the whole message:
// what it goes on to say explains that very code. Such a statement is the SDK's
// sentence, or a body that holds the code under a key for codes, in JSON, XML,
// Python or Ruby (said.go).
//
// A code that no rule names is judged by what it is called: AWS and others name
// their errors alike (rules_likeness.go).
//
// The user's own code is not believed: a program that prints "503" or
// "timed out" has not shown that a service was at fault. Where it speaks, a
// transient rule counts as ambiguous, unless the AWS SDK's own sentence
// ("An error occurred (ThrottlingException) when calling the ...") or an HTTP
// library's own exception carries the code, or the words are a driver's or an
// operating system's own (rule.own), such as "uncorrectable ECC error".
//
// # The job behind a step
//
// Some steps' texts say nothing (Step.Bare). What the job itself says (Job) is
// then weighed against it: its state, its reason, its exit message. A firmer
// statement replaces a weaker one, but no text of a job makes a permanent
// failure transient.
//
// # What ran short
//
// Cause.Scarce names the instance type or the quota that ran short, so that
// failures of one shortage can be told to be one (scarce.go). Most of SageMaker's
// own texts about capacity name no instance type: the job behind the step does.
//
// # Fingerprints
//
// Fingerprint tells whether the same thing went wrong again: it covers the words
// of the text that decided, without names, numbers and times (normal.go). Its
// values are kept in ledgers; changing what Normal writes makes the failures of
// running executions look new once.
//
// Everything here is a pure function of its arguments. The rules are constant
// data laid out by the linker; their phrases are made ready once, by Ready or
// when the first text is read.
package cause
