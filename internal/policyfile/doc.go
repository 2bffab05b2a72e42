// Package policyfile reads the policy that people write, a YAML file, and
// compiles it to the policy.Document that is applied. Every fault is told with
// line, column and what to write instead; none stops the reading, so that one
// run tells them all.
//
// Read goes over a file in these steps:
//
//  1. source.go: is it text of bearable size? Hostile bytes end here;
//  2. tree.go: the YAML, without anchors, tags and other means by which a file
//     could say more than it shows (refused.go); where it is none, syntax.go says
//     in the file's own keys what must have been meant;
//  3. document.go, rule.go and the files of kinds (words.go, lengths.go, ...):
//     each value is checked where it stands and put into the Document;
//  4. lint.go, lint_*.go and reach.go: what is well formed and yet cannot be meant.
//
// An error leaves no Document, a warning does. What no failure can match by its
// own words is an error. A rule that an earlier one keeps from its turn is a
// warning: in trouble, people put a rule that stops everything on top, and a
// policy must not refuse that.
//
// docs/policy.md is the language for people; a test holds it against what Read
// knows.
//
// Effective tells what holds for one pipeline and where each value comes from.
//
// The package is pure. Only the command line imports it: the function reads the
// compiled form and carries no YAML.
package policyfile
