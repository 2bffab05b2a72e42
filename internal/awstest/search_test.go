package awstest

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker"
	"github.com/aws/aws-sdk-go-v2/service/sagemaker/types"
)

// where is a search for executions for which all of these hold, each a name, an
// operator and a value.
func where(filters ...string) sagemaker.SearchInput {
	in := sagemaker.SearchInput{Resource: types.ResourceTypePipelineExecution}
	for i := 0; i+2 < len(filters); i += 3 {
		if in.SearchExpression == nil {
			in.SearchExpression = &types.SearchExpression{}
		}
		in.SearchExpression.Filters = append(in.SearchExpression.Filters, types.Filter{
			Name: &filters[i], Operator: types.Operator(filters[i+1]), Value: &filters[i+2],
		})
	}
	return in
}

// search gives the last parts of the ARNs of what is found, from all pages.
func (s *scene) search(in sagemaker.SearchInput) string {
	s.t.Helper()
	var all []string
	pages := sagemaker.NewSearchPaginator(s.sagemaker, &in)
	for pages.HasMorePages() {
		page, err := pages.NextPage(s.t.Context())
		if err != nil {
			s.t.Fatal(err)
		}
		for _, r := range page.Results {
			all = append(all, named(r.PipelineExecution.PipelineExecutionArn))
		}
	}
	return strings.Join(all, " ")
}

// searchable has executions a to d of "Nightly", which began an hour after the
// other and failed after 90 minutes, a with a later edit, and one of another
// pipeline that has succeeded.
func searchable(t *testing.T, c Config) *scene {
	t.Helper()
	s := open(t, c)
	s.Add(Script{Pipeline: "other", ID: "z"})
	for _, id := range []string{"a", "b", "c", "d"} {
		s.Add(Script{Pipeline: "Nightly", ID: id, DisplayName: "run-" + id, Parallelism: 3, Runs: []Run{FailsAt("Train", ReasonCapacity).After(90 * time.Minute), KeepsRunning()}})
		s.clock.pass(time.Hour)
	}
	s.EditDescription("arn:aws:sagemaker:us-east-1:123456789012:pipeline/Nightly/execution/a", "seen")
	return s
}

func TestExecutionsAreSearched(t *testing.T) {
	const status, modified, created = "PipelineExecutionStatus", "LastModifiedTime", "CreationTime"
	const nightly = "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Nightly"
	sorted := func(in sagemaker.SearchInput, by, order string) sagemaker.SearchInput {
		in.SortBy, in.SortOrder = aws.String(by), types.SearchSortOrder(order)
		return in
	}
	none := where()
	none.SearchExpression = nil
	and := where(status, "Equals", "Failed")
	and.SearchExpression.Operator = types.BooleanOperatorAnd
	for what, c := range map[string]struct {
		in   sagemaker.SearchInput
		want string
	}{
		"all":                {none, "a c d b z"},
		"failed":             {where(status, "Equals", "Failed"), "a c b"},
		"no operator":        {where(status, "", "Failed"), "a c b"},
		"and":                {and, "a c b"},
		"not failed":         {where(status, "NotEquals", "Failed"), "d z"},
		"one of":             {where(status, "In", "Failed,Succeeded"), "a c b z"},
		"ascending":          {sorted(where(status, "Equals", "Failed"), modified, "Ascending"), "b c a"},
		"by creation":        {sorted(where(status, "Equals", "Failed"), created, "Ascending"), "a b c"},
		"of a pipeline":      {where("PipelineArn", "Equals", nightly, status, "Equals", "Executing"), "d"},
		"by a part":          {where("PipelineExecutionDisplayName", "Contains", "n-b"), "b"},
		"by its ARN":         {where("PipelineExecutionArn", "Equals", nightly+"/execution/c"), "c"},
		"from":               {where(modified, "GreaterThanOrEqualTo", "2026-03-01T12:30:00", status, "Equals", "Failed"), "a c"},
		"from, with a zone":  {where(modified, "GreaterThanOrEqualTo", "2026-03-01T12:30:00Z", status, "Equals", "Failed"), "a c"},
		"from this instant":  {where(modified, "GreaterThanOrEqualTo", "2026-03-01T12:30:00.25Z", status, "Equals", "Failed"), "a c"},
		"after this instant": {where(modified, "GreaterThan", "2026-03-01T12:30:00.25Z", status, "Equals", "Failed"), "a"},
		"before":             {where(modified, "LessThan", "2026-03-01T11:30:00.25Z"), "z"},
		"until":              {where(modified, "LessThanOrEqualTo", "2026-03-01T11:30:00.25Z"), "b z"},
		"at":                 {where(created, "Equals", "2026-03-01T09:00:00.25Z", "PipelineArn", "Equals", nightly), "a"},
		"nothing":            {where(modified, "GreaterThan", "2027-01-01T00:00:00"), ""},
	} {
		for _, size := range []int{1, 2, 100} {
			s := searchable(t, Config{PageSize: size})
			equal(t, what, s.search(c.in), c.want)
			s.clean()
		}
	}
}

func TestWhatASearchSaysOfAnExecution(t *testing.T) {
	s := searchable(t, Config{})
	in := where("PipelineExecutionStatus", "Equals", "Failed")
	in.MaxResults = aws.Int32(1)
	out, err := s.sagemaker.Search(t.Context(), &in)
	if err != nil {
		t.Fatal(err)
	}
	got := out.Results[0].PipelineExecution
	equal(t, "ARN", *got.PipelineExecutionArn, "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Nightly/execution/a")
	equal(t, "pipeline", *got.PipelineArn, "arn:aws:sagemaker:us-east-1:123456789012:pipeline/Nightly")
	equal(t, "status", got.PipelineExecutionStatus, types.PipelineExecutionStatusFailed)
	equal(t, "reason", *got.FailureReason, ReasonStepsFailed)
	equal(t, "name", *got.PipelineExecutionDisplayName, "run-a")
	equal(t, "created", got.CreationTime.UTC(), start)
	equal(t, "modified", got.LastModifiedTime.UTC(), start.Add(4*time.Hour))
	equal(t, "parallelism", *got.ParallelismConfiguration.MaxParallelExecutionSteps, 3)
	s.clean()
	other := where("PipelineExecutionStatus", "Equals", "Succeeded")
	other.NextToken = out.NextToken
	_, err = s.sagemaker.Search(t.Context(), &other)
	wantCode(t, "a page of another search", err, "ValidationException")
	in.NextToken, in.SortOrder = out.NextToken, types.SearchSortOrderAscending
	_, err = s.sagemaker.Search(t.Context(), &in)
	wantCode(t, "a page in another order", err, "ValidationException")
	equal(t, "violations", len(s.Violations()), 2)
}

func TestBoundsOfASearch(t *testing.T) {
	with := func(change func(*sagemaker.SearchInput)) sagemaker.SearchInput {
		in := where("PipelineExecutionStatus", "Equals", "Failed")
		change(&in)
		return in
	}
	many := make([]string, 0, 63)
	for range 21 {
		many = append(many, "PipelineExecutionStatus", "Equals", "Failed")
	}
	for what, in := range map[string]sagemaker.SearchInput{
		"another resource": with(func(in *sagemaker.SearchInput) { in.Resource = types.ResourceTypeTrainingJob }),
		"a page of none":   with(func(in *sagemaker.SearchInput) { in.MaxResults = aws.Int32(0) }),
		"a page of 101":    with(func(in *sagemaker.SearchInput) { in.MaxResults = aws.Int32(101) }),
		"a long token":     with(func(in *sagemaker.SearchInput) { in.NextToken = aws.String(strings.Repeat("x", 8193)) }),
		"another key":      with(func(in *sagemaker.SearchInput) { in.SortBy = aws.String("Status") }),
		"another order":    with(func(in *sagemaker.SearchInput) { in.SortOrder = "Random" }),
		"all accounts": with(func(in *sagemaker.SearchInput) {
			in.CrossAccountFilterOption = types.CrossAccountFilterOptionCrossAccount
		}),
		"or":                 with(func(in *sagemaker.SearchInput) { in.SearchExpression.Operator = types.BooleanOperatorOr }),
		"another word":       with(func(in *sagemaker.SearchInput) { in.SearchExpression.Operator = "Xor" }),
		"nested":             with(func(in *sagemaker.SearchInput) { in.SearchExpression.SubExpressions = []types.SearchExpression{{}} }),
		"no filter":          with(func(in *sagemaker.SearchInput) { in.SearchExpression.Filters = nil }),
		"21 filters":         where(many...),
		"no such property":   where("PipelineName", "Equals", "Nightly"),
		"no name":            where("", "Equals", "Failed"),
		"no value":           where("PipelineExecutionStatus", "Equals", ""),
		"a long value":       where("PipelineExecutionStatus", "Equals", strings.Repeat("x", 1025)),
		"a text in order":    where("PipelineExecutionStatus", "GreaterThan", "Failed"),
		"a time with a part": where("LastModifiedTime", "Contains", "2026-03-01T09:00:00"),
		"no such operator":   where("PipelineExecutionStatus", "Like", "F%"),
		"a date":             where("LastModifiedTime", "GreaterThan", "2026-03-01"),
		"an epoch":           where("LastModifiedTime", "GreaterThan", "1772355600"),
	} {
		s := searchable(t, Config{})
		_, err := s.sagemaker.Search(t.Context(), &in)
		wantCode(t, what, err, "ValidationException")
		equal(t, what+": violations", len(s.Violations()), 1)
	}
}

// The index is brought up to date behind the executions.
func TestSearchLags(t *testing.T) {
	s := open(t, Config{Unknowns: Unknowns{SearchLag: time.Minute}})
	arn := s.Add(Script{ID: "a", Runs: []Run{FailsAt("Train", ReasonCapacity).After(time.Hour), KeepsRunning()}})
	failed, running := where("PipelineExecutionStatus", "Equals", "Failed"), where("PipelineExecutionStatus", "Equals", "Executing")
	wants := func(when, isFailed, isRunning string) {
		t.Helper()
		equal(t, when+": failed", s.search(failed), isFailed)
		equal(t, when+": running", s.search(running), isRunning)
	}
	wants("at first", "", "")
	s.clock.pass(time.Minute)
	wants("started", "", "a")
	s.clock.pass(59 * time.Minute)
	wants("just failed", "", "a")
	s.clock.pass(time.Minute)
	wants("failed", "a", "")
	if err := s.retry(arn, "a"); err != nil {
		t.Fatal(err)
	}
	wants("just retried", "a", "")
	s.clock.pass(time.Minute)
	wants("retried", "", "a")
	s.clean()
}

func TestSearchRefusesItsFilter(t *testing.T) {
	s := searchable(t, Config{Unknowns: Unknowns{SearchRefusesFilter: true}})
	in := where("PipelineExecutionStatus", "Equals", "Failed")
	_, err := s.sagemaker.Search(t.Context(), &in)
	wantCode(t, "filtered", err, "ValidationException")
	equal(t, "unfiltered", s.search(sagemaker.SearchInput{Resource: types.ResourceTypePipelineExecution}), "a c d b z")
	s.clean()
}

// A search is asked about, disturbed, counted and denied like any other request.
func TestASearchIsARequestLikeOthers(t *testing.T) {
	iam := &asked{}
	s := searchable(t, Config{Authorize: iam.authorize})
	in := where("PipelineExecutionStatus", "Equals", "Failed")
	s.FailNext("Search", 1, Fault{Code: codeThrottling})
	_, err := s.sagemaker.Search(t.Context(), &in)
	wantCode(t, "throttled", err, codeThrottling)
	s.search(in)
	equal(t, "asked", iam.got[0], "AKIDEXAMPLE  sagemaker:Search *")
	s.Configure(func(c *Config) { c.Denied = []string{"Search"} })
	_, err = s.sagemaker.Search(t.Context(), &in)
	wantCode(t, "denied", err, codeAccessDenied)
	if _, err = s.pipelines(sagemaker.ListPipelinesInput{}); err != nil {
		t.Errorf("what is not denied: got %v", err)
	}
	equal(t, "searches", s.Count("Search"), 3)
	equal(t, "what IAM was asked", strings.Join(iam.got[2:], ", "), "AKIDEXAMPLE  sagemaker:ListPipelines *")
	s.clean()
}
