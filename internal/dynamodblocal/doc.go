// Package dynamodblocal starts DynamoDB Local, in which DynamoDB's behaviour is
// proven on one machine, and makes ledger tables in it. Tests and programs that
// load Mulligan use it; the functions do not.
package dynamodblocal
