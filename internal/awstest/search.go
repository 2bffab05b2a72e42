package awstest

import (
	"cmp"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"slices"
)

// A searchInput is as much of Search as finds executions. What else the
// reference has is known, and refused.
type searchInput struct {
	Resource                 string
	SearchExpression         *searchExpression
	SortBy                   *string
	SortOrder                *string
	NextToken                *string
	MaxResults               *int32
	CrossAccountFilterOption *string
	VisibilityConditions     json.RawMessage
}

type searchExpression struct {
	Filters        []searchFilter
	Operator       *string
	NestedFilters  json.RawMessage
	SubExpressions json.RawMessage
}

func (i *searchInput) tell(r *Request)  { r.Name = i.Resource }
func (i *searchInput) resource() string { return everything }

// check holds Search to its documented bounds, and to what the stand-in knows.
func (i *searchInput) check() error {
	switch n, across := i.MaxResults, i.CrossAccountFilterOption; {
	case i.Resource == "":
		return outOfBounds("resource", "null", "Member must not be null")
	case i.Resource != "PipelineExecution":
		return fmt.Errorf("the stand-in searches PipelineExecution, not %q", i.Resource)
	case across != nil && *across != "SameAccount" || i.VisibilityConditions != nil:
		return errors.New("the stand-in searches the account of the caller, all of it")
	case n != nil && (*n < 1 || *n > maxPage):
		return outOfBounds("maxResults", fmt.Sprint(*n), "Member must have value between 1 and 100")
	case len(deref(i.NextToken)) > maxToken:
		return outOfBounds("nextToken", (*i.NextToken)[:40]+"...", "Member must have length less than or equal to 8192")
	}
	if _, ok := times[i.sortBy()]; !ok {
		return fmt.Errorf("the stand-in sorts by LastModifiedTime and CreationTime, not by %q", i.sortBy())
	}
	if err := checkOrder(i.SortOrder); err != nil || i.SearchExpression == nil {
		return err
	}
	return i.SearchExpression.check()
}

func (i *searchInput) sortBy() string { return or(deref(i.SortBy), "LastModifiedTime") }

// maxToken is the longest NextToken, maxFilters the longest list of filters (API
// reference: Search; SearchExpression).
const (
	maxToken   = 8192
	maxFilters = 20
)

func (x *searchExpression) check() error {
	switch op := or(deref(x.Operator), "And"); {
	case op != "And" && op != "Or":
		return outOfBounds("searchExpression.operator", op, "Member must satisfy enum value set: [And, Or]")
	case op == "Or" || x.NestedFilters != nil || x.SubExpressions != nil:
		return errors.New("the stand-in knows filters that all hold, and no nested ones")
	case len(x.Filters) < 1 || len(x.Filters) > maxFilters:
		return outOfBounds("searchExpression.filters", fmt.Sprint(len(x.Filters)), "Member must have length between 1 and 20")
	}
	for _, f := range x.Filters {
		if _, err := f.matcher(); err != nil {
			return err
		}
	}
	return nil
}

type searchOutput struct {
	NextToken string `json:",omitempty"`
	Results   []searchRecord
}

type searchRecord struct{ PipelineExecution describeOutput }

// search finds executions in the order that was asked for. A page begins where
// the one before ended, counted in executions: where one in between has left the
// list since, the next one is passed over, as the reference does not rule out.
func (a *Account) search(in request) answer {
	ask := in.body.(*searchInput)
	if a.config.Unknowns.SearchRefusesFilter && ask.SearchExpression != nil {
		return refusal(codeValidation, "The search expression has a property that is not supported for PipelineExecution.")
	}
	list, order := ask.list(), or(deref(ask.SortOrder), "Descending")
	from, ok := fromPageToken(deref(ask.NextToken), list, order)
	if !ok {
		a.violate("%s: NextToken %q is not of this search", in.Op, deref(ask.NextToken))
		return refusal(codeValidation, "Invalid NextToken.")
	}
	page, more := onePage(a.matching(in, order), from, a.pageSize(ask.MaxResults))
	out := searchOutput{Results: make([]searchRecord, 0, len(page))}
	for _, e := range page {
		out.Results = append(out.Results, searchRecord{described(e)})
	}
	if more {
		out.NextToken = pageToken(list, order, from+len(page))
	}
	return answer{status: http.StatusOK, body: out}
}

// list names what is searched for and by what it is sorted, for page tokens.
func (i *searchInput) list() string {
	b, err := json.Marshal([]any{i.SearchExpression, i.sortBy()})
	if err != nil {
		panic(err) // it came as JSON
	}
	return fmt.Sprintf("search/%x", sha256.Sum256(b))
}

// matching are the executions that were asked for, as the index has them.
func (a *Account) matching(in request, order string) (found []Execution) {
	ask := in.body.(*searchInput)
	matches := ask.SearchExpression.matcher()
	for _, e := range a.order {
		if s, ok := e.indexed(in.At, a.config.Unknowns.SearchLag); ok && matches(s) {
			found = append(found, s)
		}
	}
	at := times[ask.sortBy()]
	slices.SortStableFunc(found, func(x, y Execution) int { return cmp.Compare(at(x).UnixMilli(), at(y).UnixMilli()) })
	if order == "Descending" {
		slices.Reverse(found)
	}
	return found
}
