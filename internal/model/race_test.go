//go:build race

package model

// raced tells that the race detector is on, which has nothing to find in a search
// that one goroutine makes, and makes it six times as long.
const raced = true
