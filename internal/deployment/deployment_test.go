package deployment

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"

	"mulligan/internal/policy"
	"mulligan/internal/retry"
)

// formation is a stand-in for CloudFormation with one stack, or with a refusal
// for everything.
type formation struct {
	parameters, outputs map[string]string
	resource            string // physical id of the ledger's table
	code, message       string // refused so
	asked               []string
}

const stackID = "arn:aws:cloudformation:eu-west-1:123456789012:stack/mulligan/6e1a"

// defaults are the template's.
func defaults() map[string]string {
	return map[string]string{
		"Mode": "enforce", "PipelineNamePrefix": "churn-", "MaxRetries": "3", "PipelineRetriesPerDay": "20", "AccountRetriesPerHour": "60",
		"BackoffInterval": "300", "BackoffMaxDelay": "3600", "ExpireAfter": "86400", "KeptLedger": "",
	}
}

func (f *formation) ServeHTTP(to http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	form, _ := url.ParseQuery(string(body))
	action := form.Get("Action")
	f.asked = append(f.asked, action+" "+form.Get("StackName")+" "+form.Get("LogicalResourceId"))
	to.Header().Set("Content-Type", "text/xml")
	if f.code != "" {
		to.WriteHeader(http.StatusBadRequest)
		fmt.Fprintf(to, `<ErrorResponse><Error><Type>Sender</Type><Code>%s</Code><Message>%s</Message></Error></ErrorResponse>`, f.code, f.message)
		return
	}
	fmt.Fprintf(to, `<%[1]sResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><%[1]sResult>%[2]s</%[1]sResult></%[1]sResponse>`, action, f.result(action))
}

func (f *formation) result(action string) string {
	if action == "DescribeStackResource" {
		return "<StackResourceDetail><PhysicalResourceId>" + f.resource + "</PhysicalResourceId></StackResourceDetail>"
	}
	return "<Stacks><member><StackName>mulligan</StackName><StackStatus>CREATE_IN_PROGRESS</StackStatus><StackId>" + stackID + "</StackId>" +
		members("Parameters", "ParameterKey", "ParameterValue", f.parameters) +
		members("Outputs", "OutputKey", "OutputValue", f.outputs) + "</member></Stacks>"
}

func members(list, key, value string, all map[string]string) string {
	var b strings.Builder
	for k, v := range all {
		fmt.Fprintf(&b, "<member><%s>%s</%s><%s>", key, k, key, value)
		_ = xml.EscapeText(&b, []byte(v))
		fmt.Fprintf(&b, "</%s></member>", value)
	}
	return "<" + list + ">" + b.String() + "</" + list + ">"
}

// connect gives a configuration that leads to the stand-in.
func connect(t *testing.T, f *formation) aws.Config {
	t.Helper()
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return aws.Config{
		Region: "eu-west-1", BaseEndpoint: aws.String(server.URL),
		Credentials: credentials.NewStaticCredentialsProvider("key", "secret", ""),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}
}

func TestFind(t *testing.T) {
	f := &formation{parameters: defaults(), outputs: map[string]string{
		"LedgerTable": "mulligan-Ledger-1", "AlarmTopic": "x", "DeadLettersUrl": "https://sqs/dead", "RetrierAlias": "arn:aws:lambda:x:live",
	}}
	got, err := Find(t.Context(), connect(t, f), "mulligan")
	if err != nil {
		t.Fatal(err)
	}
	want := Deployment{
		Stack: "mulligan", Table: "mulligan-Ledger-1", Letters: "https://sqs/dead", Alias: "arn:aws:lambda:x:live", Mode: retry.Enforce, Prefix: "churn-",
		Home: retry.Home{Partition: "aws", Region: "eu-west-1", Account: "123456789012"},
		Settings: policy.Settings{
			MaxRetries: 3, PipelineRetriesPerDay: 20, AccountRetriesPerHour: 60, FunctionTimeout: 20 * time.Second,
			BackoffInterval: 5 * time.Minute, BackoffMaxDelay: time.Hour, ExpireAfter: 24 * time.Hour,
		},
	}
	if got != want {
		t.Errorf("\n got %+v\nwant %+v", got, want)
	}
	if len(f.asked) != 1 || f.asked[0] != "DescribeStacks mulligan " {
		t.Errorf("asked %q, want one look at the stack", f.asked)
	}
}

// A stack that was never whole has no outputs.
func TestFindWithoutOutputs(t *testing.T) {
	kept := defaults()
	kept["KeptLedger"] = "old-Ledger-9"
	for _, test := range []struct {
		name       string
		parameters map[string]string
		want       string
		asked      int
	}{
		{"of the resource", defaults(), "mulligan-Ledger-2", 2},
		{"of the parameter", kept, "old-Ledger-9", 1},
	} {
		f := &formation{parameters: test.parameters, resource: "mulligan-Ledger-2"}
		got, err := Find(t.Context(), connect(t, f), "mulligan")
		if err != nil || got.Table != test.want || len(f.asked) != test.asked {
			t.Errorf("%s: got %q after %q, error %v; want %q", test.name, got.Table, f.asked, err, test.want)
		}
	}
}

func TestFindErrors(t *testing.T) {
	with := func(name, value string) map[string]string {
		p := defaults()
		p[name] = value
		return p
	}
	for _, test := range []struct {
		name string
		f    formation
		want string
	}{
		{"no such stack", formation{code: "ValidationError", message: "Stack with id mulligan does not exist"},
			"there is no stack named mulligan in eu-west-1, in the account of the credentials from StaticCredentials: name another with --stack, --region or --profile"},
		{"not allowed", formation{code: "AccessDenied", message: "User: u is not authorized"},
			"cloudformation:DescribeStacks on stack mulligan is not allowed, or not with these credentials: "},
		{"expired", formation{code: "ExpiredToken", message: "expired"}, "is not allowed, or not with these credentials: "},
		{"another fault", formation{code: "ValidationError", message: "no"}, "cloudformation:DescribeStacks on stack mulligan: "},
		{"something else's", formation{parameters: map[string]string{"Colour": "red"}},
			"stack mulligan is not Mulligan's, or of another version: it has no parameter Mode; name another stack with --stack"},
		{"a number that is none", formation{parameters: with("MaxRetries", "many")}, `stack mulligan: parameter MaxRetries: expected a whole number, got "many"`},
		{"below zero", formation{parameters: with("ExpireAfter", "-1")}, `parameter ExpireAfter: expected a whole number, got "-1"`},
		{"a mode that is none", formation{parameters: with("Mode", "Maybe")}, `parameter Mode: expected enforce, observe or off, got "Maybe"`},
		{"no ledger yet", formation{parameters: defaults()}, "stack mulligan is CREATE_IN_PROGRESS and has no ledger yet: wait until it is made"},
	} {
		_, err := Find(t.Context(), connect(t, &test.f), "mulligan")
		if err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: got %v, want %s", test.name, err, test.want)
		}
	}
}

// Credentials that know their account have it told.
func TestFindSaysTheAccount(t *testing.T) {
	cfg := connect(t, &formation{code: "ValidationError", message: "Stack with id x does not exist"})
	cfg.Credentials = credentials.StaticCredentialsProvider{Value: aws.Credentials{AccessKeyID: "k", SecretAccessKey: "s", AccountID: "123456789012"}}
	if _, err := Find(t.Context(), cfg, "x"); err == nil || !strings.Contains(err.Error(), "in eu-west-1, account 123456789012: name another") {
		t.Errorf("got %v", err)
	}
}

// The template says the same.
func TestTemplate(t *testing.T) {
	text, err := os.ReadFile("../../template.yaml")
	if err != nil {
		t.Fatal(err)
	}
	keys := func(section string) (names []string) {
		_, rest, _ := strings.Cut(string(text), "\n"+section+":\n")
		for _, line := range strings.Split(rest, "\n") {
			if line != "" && line[0] != ' ' && line[0] != '#' {
				break
			}
			if m := regexp.MustCompile(`^  ([A-Za-z]+):`).FindStringSubmatch(line); m != nil {
				names = append(names, m[1])
			}
		}
		return names
	}
	for section, names := range map[string][]string{
		"Parameters": {Limits.MaxRetries, Limits.PerDay, Limits.PerHour, Limits.First, Limits.Longest, Limits.ExpireAfter, Limits.Mode, "PipelineNamePrefix", ledgerParameter},
		"Outputs":    {ledgerOutput, lettersOutput, aliasOutput}, "Resources": {ledgerResource},
	} {
		for _, name := range names {
			if !slices.Contains(keys(section), name) {
				t.Errorf("template.yaml has no %s among its %s", name, section)
			}
		}
	}
	if want := fmt.Sprintf("Seconds: %q", fmt.Sprint(functionTimeout.Seconds())); !strings.Contains(string(text), "    Timeout:\n      "+want) {
		t.Errorf("template.yaml has another time-out than %v", functionTimeout)
	}
}
