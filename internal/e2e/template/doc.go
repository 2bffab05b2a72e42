// Package template reads template.yaml as an account would: expanded by the SAM
// translator, as a tree of JSON. Every promise about what the stack may do and
// how it is built is a named check over that tree, and for every check there are
// broken templates that it must find. Two sweeps break what nobody thought of:
// they take each value of the template away, or change it, and some check has to
// notice, unless a table says why nobody needs to.
//
// `make e2e` installs the translator and runs it; nothing of it is compiled
// without the build tag e2e.
package template
