package ledger

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"

	"mulligan/internal/retry"
)

// maxPages bounds the pages of one answer. DynamoDB puts up to 1 MB on a page
// (API_Query, API_Scan), which is some hundreds of decisions.
const maxPages = 100

// History are the versions that were applied, newest first and at most so many,
// without Body, Source and Before. One that cannot be read has a Fault.
func (p *Policies) History(ctx context.Context, most int) ([]Version, error) {
	found, err := p.find(ctx, policyPK, revSK, false, most)
	if err != nil {
		return nil, err
	}
	var versions []Version
	for _, it := range found {
		versions = append(versions, readEntry(it))
	}
	return versions, nil
}

// ByHash is the policy whose hash begins with these hexadecimal digits: its Hash,
// Body and Source. Errors: ErrNoPolicy, and one that names the candidates if
// there are several.
func (p *Policies) ByHash(ctx context.Context, hashPrefix string) (Version, error) {
	digits, err := prefix(hashPrefix)
	if err != nil {
		return Version{}, err
	}
	found, err := p.find(ctx, policyPK, hashSK+digits, true, maxCandidates+1)
	if err != nil {
		return Version{}, err
	}
	return only(digits, found)
}

// Trails are the decisions on an execution, oldest first. One that this build
// cannot read is an error.
func (p *Policies) Trails(ctx context.Context, arn retry.ExecutionARN) ([]retry.Trail, error) {
	found, err := p.find(ctx, stored(recordKey(arn)[attrPK]), trailSK, true, all)
	if err != nil {
		return nil, err
	}
	return readTrails(found)
}

// all stands for as many as there are; a page takes perPage of them at most.
const (
	all     = math.MaxInt
	perPage = 1000
)

// find gives the items of a partition whose sort key begins with this, in its
// order or against it, at most so many.
func (p *Policies) find(ctx context.Context, pk, sk string, forward bool, most int) ([]item, error) {
	ask := &dynamodb.QueryInput{
		TableName: &p.Ledger.Table, ConsistentRead: aws.Bool(true), ScanIndexForward: aws.Bool(forward),
		KeyConditionExpression:    aws.String("#pk = :pk AND begins_with(#sk, :sk)"),
		ExpressionAttributeNames:  map[string]string{"#pk": attrPK, "#sk": attrSK},
		ExpressionAttributeValues: item{":pk": text(pk), ":sk": text(sk)},
	}
	var found []item
	for page := 0; len(found) < most; page++ {
		if page == maxPages {
			return nil, fmt.Errorf("%s on table %s: more than %d pages of %s in %s", queryAction, p.Ledger.Table, maxPages, sk, pk)
		}
		ask.Limit = aws.Int32(int32(min(most-len(found), perPage)))
		answer, err := p.query(ctx, ask)
		if err != nil {
			return nil, err
		}
		found = append(found, answer.Items...)
		if ask.ExclusiveStartKey = answer.LastEvaluatedKey; len(ask.ExclusiveStartKey) == 0 {
			break
		}
	}
	return found, nil
}

func (p *Policies) query(ctx context.Context, ask *dynamodb.QueryInput) (*dynamodb.QueryOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := p.Client.Query(ctx, ask)
	if err != nil {
		return nil, p.Ledger.explain(err, queryAction)
	}
	return answer, nil
}

// Decisions are the last decisions on all executions, newest last and at most so
// many, as of about now: the table is scanned, its first 100 MB at most. More
// tells that there are others: older ones, some beyond what was scanned, or some
// that this build cannot read.
func (p *Policies) Decisions(ctx context.Context, most int) (trails []retry.Trail, more bool, err error) {
	ask := &dynamodb.ScanInput{
		TableName: &p.Ledger.Table, FilterExpression: aws.String("begins_with(#sk, :sk)"),
		ExpressionAttributeNames:  map[string]string{"#sk": attrSK},
		ExpressionAttributeValues: item{":sk": text(trailSK)},
	}
	last := latest{most: max(0, most)}
	for page := 0; page < maxPages; page++ {
		answer, err := p.scan(ctx, ask)
		if err != nil {
			return nil, false, err
		}
		last.add(answer.Items)
		if ask.ExclusiveStartKey = answer.LastEvaluatedKey; len(ask.ExclusiveStartKey) == 0 {
			return last.trails(), last.more, nil
		}
	}
	return last.trails(), true, nil
}

func (p *Policies) scan(ctx context.Context, ask *dynamodb.ScanInput) (*dynamodb.ScanOutput, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	answer, err := p.Client.Scan(ctx, ask)
	if err != nil {
		return nil, p.Ledger.explain(err, scanAction)
	}
	return answer, nil
}

// latest keeps the newest of the trails that it is given, which come in any order.
type latest struct {
	most int
	kept []retry.Trail
	more bool // some were left out
}

func (l *latest) add(found []item) {
	for _, it := range found {
		trail, err := readTrail(it)
		if err != nil || ofSchema(it) != nil {
			l.more = true
			continue
		}
		l.kept = append(l.kept, trail)
	}
	if len(l.kept) > 2*l.most { // now and then is enough
		l.trails()
	}
}

// trails are those kept, newest last; of the same instant, in the order of
// their executions.
func (l *latest) trails() []retry.Trail {
	slices.SortStableFunc(l.kept, func(a, b retry.Trail) int {
		return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.Decision.Execution, b.Decision.Execution))
	})
	if over := len(l.kept) - l.most; over > 0 {
		l.more = true
		l.kept = slices.Delete(l.kept, 0, over)
	}
	return l.kept
}
