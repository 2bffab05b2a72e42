// Package config reads a function's environment, once, before the function
// takes events. The retrier and the sweeper have the same variables, since both
// take failures down one corridor: FUNCTION_TIMEOUT is the retrier's in both.
// Every fault is reported together, naming variable, value and expectation, so
// that one failed start tells all there is to mend.
package config
