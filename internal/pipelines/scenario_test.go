package pipelines_test

import (
	"fmt"
	"strings"
	"testing"

	"mulligan/internal/awstest"
)

// TestScenario42MorePagesThanAreRead lists as many pages of steps as one look may
// ask for, and one more: that is an error, since what was not read might be what
// forbids a retry.
func TestScenario42MorePagesThanAreRead(t *testing.T) {
	const most = 50
	for rows, read := range map[int]bool{most: true, most + 1: false} {
		t.Run(fmt.Sprintf("%d pages", rows), func(t *testing.T) {
			script := failing
			for i := range rows - 1 {
				script.Before = append(script.Before, awstest.Step{Name: fmt.Sprintf("Prepare%d", i), Kind: awstest.Processing})
			}
			account, sagemaker, arn := stand(t, script, awstest.Config{PageSize: 1})
			steps, err := sagemaker.Steps(t.Context(), arn)
			if read && (err != nil || len(steps) != rows) {
				t.Errorf("got %d rows, %v, want all %d", len(steps), err, rows)
			}
			if !read && (err == nil || steps != nil || !strings.Contains(err.Error(), "more than 50 pages")) {
				t.Errorf("got %d rows, %v, want an error that says how many there are", len(steps), err)
			}
			if n := account.Count("ListPipelineExecutionSteps"); n != most {
				t.Errorf("%d calls, want %d", n, most)
			}
		})
	}
}
