package policyfile

import (
	"bytes"
	"encoding/json"
	"testing"

	"mulligan/internal/cause"
	"mulligan/internal/policy"
)

type (
	causeClass = cause.Class
	causeLabel = cause.Label
)

func bodyOf(t *testing.T, d policy.Document) string {
	t.Helper()
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(d); err != nil {
		t.Fatal(err)
	}
	return string(bytes.TrimSpace(b.Bytes()))
}
