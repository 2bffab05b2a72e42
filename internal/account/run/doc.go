// Command run is the program behind `make account` and `make account-down`: up
// brings the local account up and deploys Mulligan into it, serve is the process
// that stays, down ends it.
package main
