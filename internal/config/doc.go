// Package config reads the function's environment, once, before the function
// takes events. Every fault is reported together, naming variable, value and
// expectation, so that one failed start tells all there is to mend.
package config
