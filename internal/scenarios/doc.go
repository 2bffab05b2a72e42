// Package scenarios holds no code: its tests hold docs/scenarios.md, the table of
// what can go wrong and what can be attempted, to the tests that it names. Every
// scenario and every threat has one row; a row names tests that exist, or says why
// there can be none; and a test that is named after a scenario stands in its row.
package scenarios
