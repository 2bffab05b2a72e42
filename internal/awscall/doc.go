// Package awscall says how every call to AWS is made: with which client
// configuration, how many attempts, how long each may take, and what the code
// of a failed call means. The adapters share it, so that none of these is said
// twice or left to a default.
package awscall
