package ledger

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/retry"
)

// hanging is a DynamoDB that takes every request and never answers.
type hanging struct{ asked int }

func (h *hanging) RoundTrip(q *http.Request) (*http.Response, error) {
	h.asked++
	<-q.Context().Done()
	return nil, q.Context().Err()
}

// TestScenario36LedgerHangs asks a DynamoDB that hangs: the operation ends by its
// own limit, in one attempt and an error that names it. The time is a bubble's.
func TestScenario36LedgerHangs(t *testing.T) {
	line := retry.Line{Key: "k", Every: time.Hour, First: noon, Last: noon.Add(time.Hour)}
	for name, operation := range map[string]func(*testing.T, *DynamoDB) error{
		"read":   func(t *testing.T, l *DynamoDB) error { _, err := l.Read(t.Context(), churn, nil); return err },
		"commit": func(t *testing.T, l *DynamoDB) error { _, _, err := l.Commit(t.Context(), claim()); return err },
		"queue":  func(t *testing.T, l *DynamoDB) error { _, _, err := l.Queue(t.Context(), line); return err },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				h := &hanging{}
				ledger := NewDynamoDB(aws.Config{
					Region: "eu-west-1", HTTPClient: &http.Client{Transport: h},
					Credentials: credentials.NewStaticCredentialsProvider("id", "secret", ""),
				}, "Ledger")
				began := time.Now()
				err := operation(t, ledger)
				if took := time.Since(began); took != limit || h.asked != 1 {
					t.Errorf("took %s and asked %d times, want %s and once", took, h.asked, limit)
				}
				fails(t, err, "dynamodb:", "table Ledger")
			})
		})
	}
}
