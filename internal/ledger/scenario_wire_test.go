package ledger

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"mulligan/internal/retry"
)

// TestScenario48KeyIsDisabled has the key of the table disabled, taken away or
// not answer: nothing is known, nothing is written, and the error names the call
// and the table. It does not pass by itself, so it is asked once.
func TestScenario48KeyIsDisabled(t *testing.T) {
	for _, code := range []string{"KMSDisabledException", "KMSInvalidStateException", "KMSNotFoundException", "KMSAccessDeniedException", "InaccessibleEncryptionCredentialsException"} {
		t.Run(code, func(t *testing.T) {
			ledger, w := connect(t, refusal(code), refusal(code))
			state, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
			fails(t, err, "dynamodb:BatchGetItem", "table Ledger", code)
			if !reflect.DeepEqual(state, retry.State{}) {
				t.Errorf("got %+v beside the error", state)
			}
			_, applied, err := ledger.Commit(t.Context(), claim())
			fails(t, err, "dynamodb:TransactWriteItems", "table Ledger", code)
			if applied {
				t.Error("applied")
			}
			w.asked(t, "BatchGetItem", "TransactWriteItems")
		})
	}
}

// TestScenario52ExpiredItemsCount reads a record and a bucket whose time to live
// is long past and that DynamoDB has not removed yet: they are as good as any, and
// the next write demands the revision that was read.
func TestScenario52ExpiredItemsCount(t *testing.T) {
	record := claim().Record
	record.Rev, record.Used = 7, 3
	it, err := newItem(recordKey(churn), record, time.Unix(1, 0))
	if err != nil {
		t.Fatal(err)
	}
	if shown(it[attrTTL]) != "1" {
		t.Fatalf("the record's ttl is %s, want it long past", shown(it[attrTTL]))
	}
	ledger, w := connect(t, responses(asJSON(t, it), drawnTo(t, pipeline.Key, noonMS+5)), ok(`{}`))
	seen, err := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
	if err != nil || seen.Record.Rev != 7 || seen.Record.Used != 3 || !seen.Full[pipeline.Key].Equal(instant(noonMS+5)) {
		t.Fatalf("got %+v, error %v", seen, err)
	}
	c := claim()
	c.Seen, c.Record.Rev = seen, 8
	if _, applied, err := ledger.Commit(t.Context(), c); err != nil || !applied {
		t.Fatalf("applied %t, error %v", applied, err)
	}
	for _, part := range []string{
		`"ConditionExpression":"#rev = :seen AND #schema = :schema"`, `":seen":{"N":"7"}`, // of the record
		`"UpdateExpression":"SET #full = #full + :interval, #ttl = :ttl"`, // of the bucket
	} {
		if sent := w.calls[1].body; !strings.Contains(sent, part) {
			t.Errorf("the write lacks %s: %s", part, sent)
		}
	}
}

// TestThreatT16SignatureIsNotEchoed has DynamoDB refuse a signature, and repeat the
// role's session token in its words: the code is told, and the token is not.
func TestThreatT16SignatureIsNotEchoed(t *testing.T) {
	echo := refusal("InvalidSignatureException")
	echo.body = strings.Replace(echo.body, "said so", `The Canonical String for this request should have been\n'POST\n/\n\nx-amz-security-token:very-secret-session\n`, 1)
	ledger, _ := connect(t, echo, echo)
	_, reading := ledger.Read(t.Context(), churn, []retry.Bucket{pipeline})
	_, _, writing := ledger.Commit(t.Context(), claim())
	for _, err := range []error{reading, writing} {
		if fails(t, err, "table Ledger", "InvalidSignatureException"); err != nil && strings.Contains(err.Error(), "very-secret-session") {
			t.Errorf("the token is said: %v", err)
		}
	}
}

// TestThreatT20KeysAreWholeARNs has executions that differ in one part of their
// ARNs share no record, and one that is spelled otherwise share its own.
func TestThreatT20KeysAreWholeARNs(t *testing.T) {
	others := map[string]func(*retry.ExecutionARN){
		"partition": func(a *retry.ExecutionARN) { a.Partition = "aws-cn" },
		"Region":    func(a *retry.ExecutionARN) { a.Region = "eu-west-2" },
		"account":   func(a *retry.ExecutionARN) { a.Account = "210987654321" },
		"pipeline":  func(a *retry.ExecutionARN) { a.Pipeline = "Churn-2" },
		"execution": func(a *retry.ExecutionARN) { a.ID = "Run2" },
	}
	pk := func(a retry.ExecutionARN) string { return stored(recordKey(a)[attrPK]) }
	for part, change := range others {
		other := churn
		change(&other)
		if pk(other) == pk(churn) {
			t.Errorf("another %s has the same key, %s", part, pk(other))
		}
	}
	spelled := churn
	spelled.Pipeline, spelled.ID = strings.ToUpper(churn.Pipeline), strings.ToUpper(churn.ID)
	if pk(spelled) != pk(churn) {
		t.Errorf("got %s, want one key for one execution however it is spelled: %s", pk(spelled), pk(churn))
	}
}
