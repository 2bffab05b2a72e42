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
//     own code), the error codes, the exception raised last, and the quota;
//  3. try the rules (rules.go and the rules_*.go tables): the first that
//     matches decides.
//
// # Order of the rules
//
// The tables are tried one after the other:
//
//	told apart   messages that look like another kind and are not
//	permanent    words that state a lasting fact
//	ambiguous    words that fit both a passing and a lasting fault
//	shapes       weak lasting evidence: a generic validation code, a Python
//	             exception that the same code raises again
//	transient    words that state a passing fault
//	bare         nothing but the shell of a message
//
// So evidence against a retry always beats evidence for one. That is the one
// promise of this package: a permanent failure is not called transient. When
// nothing matches, or the text was too long to be read whole, the label is
// ambiguous.
//
// The user's own code is not believed: a program that prints "503" or
// "timed out" has not shown that a service was at fault. Where it speaks, a
// transient rule counts as ambiguous, unless the AWS SDK's own sentence
// ("An error occurred (ThrottlingException) when calling the ...") carries
// the code.
//
// Everything here is a pure function of its arguments. The rules are constant
// data laid out by the linker: nothing is compiled or built at start-up.
package cause
