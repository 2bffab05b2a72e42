package ledger

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/awscall"
)

// The item of the sweep: how far it has come. It has no ttl.
const (
	sweepPK    = "sweep"
	cursorSK   = "cursor"
	attrCursor = "cursor"
)

func cursorKey() item { return item{attrPK: text(sweepPK), attrSK: text(cursorSK)} }

// cursorItem is what KeepCursor writes.
func cursorItem(cursor string) item {
	it := cursorKey()
	it[attrSchema], it[attrCursor] = ourSchema(), text(cursor)
	return it
}

// readCursor reads a cursor. One of another schema, or none, is "": whoever
// begins anew only looks again.
func readCursor(it item) string {
	if ofSchema(it) != nil {
		return ""
	}
	return stored(it[attrCursor])
}

// Cursor is what KeepCursor kept last; "" if nothing was, or if another build
// kept it in another way.
func (s *Sweeping) Cursor(ctx context.Context) (string, error) {
	found, err := s.fetch(ctx, []item{cursorKey()})
	if err != nil || len(found) == 0 {
		return "", err
	}
	return readCursor(found[0]), nil
}

// KeepCursor keeps how far the sweep has come, in place of what was kept before.
// After an error it may have been kept.
func (s *Sweeping) KeepCursor(ctx context.Context, cursor string) error {
	ctx, cancel, err := awscall.Within(ctx, limit)
	if err != nil {
		return fmt.Errorf("%s: %w", updateAction, err)
	}
	defer cancel()
	_, err = s.Ledger.Client.UpdateItem(ctx, &dynamodb.UpdateItemInput{
		TableName: &s.Ledger.Table, Key: cursorKey(),
		UpdateExpression:          aws.String("SET #schema = :schema, #cursor = :cursor"),
		ExpressionAttributeNames:  map[string]string{"#schema": attrSchema, "#cursor": attrCursor},
		ExpressionAttributeValues: item{":schema": ourSchema(), ":cursor": text(cursor)},
	})
	if err != nil {
		return s.Ledger.explain(err, updateAction)
	}
	return nil
}
