// Package schedule makes the one-time EventBridge Scheduler schedules that
// bring waiting failures back. Nothing waits in memory: a delay is a schedule
// with a derived name, made once however often it is asked for, and gone after
// it has fired.
package schedule
