//go:build e2e

package e2e

import (
	"os"
	"os/exec"
	"testing"
)

// The ledger's own conformance suite, with the DynamoDB Local of these tests.
// It is a test of another package, and told by the environment where to look.
func TestLedgerConforms(t *testing.T) {
	suite := exec.CommandContext(t.Context(), "go", "test", "-tags", "e2e", "-count=1", "-v", "./internal/ledger")
	suite.Dir = root
	suite.Env = append(os.Environ(), "MULLIGAN_DYNAMODB_ENDPOINT="+dynamoDBURL)
	words, err := suite.CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, words)
	}
	t.Logf("%s", words)
}
