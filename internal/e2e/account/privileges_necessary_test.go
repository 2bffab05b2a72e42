//go:build e2e

package account

import (
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"testing"

	"mulligan/internal/awstest"
)

// A symptom is how whoever operates the stack sees that an action is missing.
type symptom func(a act, action string) bool

// need says which scenario needs an action, and how its absence shows.
type need struct {
	scenario
	shows symptom
}

// needs are those of every action that a role is allowed: a role that is
// allowed another one fails the test.
var needs = map[string]map[string]need{
	"RetrierRole": {
		"sagemaker:DescribePipelineExecution":  {atOnce, refusedAndKept},
		"sagemaker:ListPipelineExecutionSteps": {atOnce, refusedAndKept},
		"sagemaker:RetryPipelineExecution":     {atOnce, refusedAndKept},
		"sagemaker:ListPipelineExecutions":     {replaced, decidedWithout},
		"sagemaker:DescribeProcessingJob":      {jobTells(awstest.Processing), decidedWithout},
		"sagemaker:DescribeTrainingJob":        {jobTells(awstest.Training), decidedWithout},
		"sagemaker:DescribeTransformJob":       {jobTells(awstest.Transform), decidedWithout},
		"dynamodb:BatchGetItem":                {atOnce, refusedAndKept},
		"dynamodb:ConditionCheckItem":          {atOnce, refusedAndKept},
		"dynamodb:PutItem":                     {atOnce, refusedAndKept},
		"dynamodb:UpdateItem":                  {atOnce, refusedAndKept},
		"scheduler:CreateSchedule":             {later, refusedAndKept},
		"iam:PassRole":                         {later, refusedAndKept},
		"sqs:SendMessage":                      {poison, notHandedOn},
		"logs:CreateLogStream":                 {logged, retriedInSilence},
		"logs:PutLogEvents":                    {logged, retriedInSilence},
	},
	"SweeperRole": {
		"sagemaker:DescribePipelineExecution":  {found, sweptInVain},
		"sagemaker:ListPipelineExecutionSteps": {found, sweptInVain},
		"sagemaker:RetryPipelineExecution":     {found, sweptInVain},
		"sagemaker:ListPipelineExecutions":     {foundReplaced, trailTells},
		"sagemaker:DescribeProcessingJob":      {foundBare(awstest.Processing), trailTells},
		"sagemaker:DescribeTrainingJob":        {foundBare(awstest.Training), trailTells},
		"sagemaker:DescribeTransformJob":       {foundBare(awstest.Transform), trailTells},
		"sagemaker:Search":                     {searched, sweptByLists},
		"sagemaker:ListPipelines":              {listed, sweptInVain},
		"dynamodb:BatchGetItem":                {found, sweptInVain},
		"dynamodb:ConditionCheckItem":          {found, sweptInVain},
		"dynamodb:PutItem":                     {found, sweptInVain},
		"dynamodb:UpdateItem":                  {found, sweptInVain},
		"dynamodb:Query":                       {overdue, sweptInError},
		"scheduler:CreateSchedule":             {foundScarce, sweptInVain},
		"iam:PassRole":                         {foundScarce, sweptInVain},
		"logs:CreateLogStream":                 {swepts, sweptInSilence},
		"logs:PutLogEvents":                    {swepts, sweptInSilence},
	},
	"SchedulerRole": {
		"lambda:InvokeFunction": {woken, wakeKept},
		"sqs:SendMessage":       {astray, notHandedOn},
	},
}

// refusedAndKept (33): a log line names the permission, nothing is retried, and
// after Lambda's three tries the original event is a dead letter.
func refusedAndKept(a act, action string) bool {
	if !a.isDead() {
		return false
	}
	named := func(l line) bool { return strings.Contains(l.Error, action) }
	slow := func(l line) bool { return strings.HasSuffix(l.Error, tooSlow) }
	a.until("three log lines that name "+action, func() bool {
		lines := slices.DeleteFunc(a.log.of(a.arn), func(l line) bool { return !named(l) && !slow(l) })
		return len(lines) == 3 && slices.ContainsFunc(lines, named)
	})
	if a.retried() != 0 {
		a.t.Errorf("retried without %s\n%s", action, a)
	}
	a.sameEvent(a.lettersAbout()[0])
	return true
}

// decidedWithout: the decision is made without what nobody tells, and its line
// names the permission.
func decidedWithout(a act, action string) bool {
	return slices.ContainsFunc(a.log.of(a.arn), func(l line) bool {
		return strings.Contains(l.Evidence, "not known: ") && strings.Contains(l.Evidence, action)
	})
}

// sameEvent compares a dead letter's event with what SageMaker sent. The bus
// gives events an id of its own.
func (a act) sameEvent(l letter) {
	a.t.Helper()
	sent, _ := a.standIn().LastEvent(a.arn)
	var got, want map[string]any
	if err := json.Unmarshal(l.event(), &got); err != nil {
		a.t.Fatal(err)
	}
	if err := json.Unmarshal(sent.JSON(), &want); err != nil {
		a.t.Fatal(err)
	}
	delete(got, "id")
	delete(want, "id")
	if !reflect.DeepEqual(got, want) {
		a.t.Errorf("the dead letter holds %v, want the event %v", got, want)
	}
}

// wakeKept: what was to wake the function is a dead letter that says why.
func wakeKept(a act, action string) bool {
	if !a.isDead() {
		return false
	}
	if l := a.lettersAbout()[0]; !strings.Contains(l.attributes["ERROR_MESSAGE"], action) {
		a.t.Errorf("the dead letter says %q, want it to name %s", l.attributes["ERROR_MESSAGE"], action)
	}
	return true
}

// notHandedOn: the last resort is closed, and only a metric tells.
func notHandedOn(a act, action string) bool {
	queue := a.Resources["DeadLetters"]
	return a.says("dropped a message for", queue[strings.LastIndex(queue, "/")+1:], "is not authorized to perform "+action) && !a.isDead()
}

// retriedInSilence: it works, and nobody is told.
func retriedInSilence(a act, action string) bool {
	return a.isRetried() && a.says("log lines of "+a.Resources["Retrier"]+" are lost", action) && len(a.log.of(a.arn)) == 0
}

// Nothing can be taken out of a role (T7): without any one action, or with a
// condition that is not met, a scenario fails and says so; with it, it works
// again. The list of actions is that of the deployed roles.
//
// What the sweeper lacks is no matter of the other function, and tried beside it.
func everyActionIsNecessary(t *testing.T, s *stack) {
	for _, ids := range [][]string{{"RetrierRole", "SchedulerRole"}, {"SweeperRole"}} {
		t.Run(ids[0], func(t *testing.T) {
			t.Parallel()
			for _, id := range ids {
				s.role(t, id).isAllNecessary(t)
			}
		})
	}
}

func (r role) isAllNecessary(t *testing.T) {
	for action := range needs[r.id] {
		if !slices.Contains(r.actions(t), action) {
			t.Errorf("%s is not allowed %s any more: take it out of the table", r.id, action)
		}
	}
	for _, l := range r.lacks(t) {
		t.Run(r.id+" without "+l.what, func(t *testing.T) { r.isNecessary(t, l) })
	}
}

func (r role) isNecessary(t *testing.T, l lack) {
	n, ok := needs[r.id][l.action]
	if !ok {
		t.Fatalf("no scenario here needs %s: name one, or drop it from %s", l.action, r.id)
	}
	t.Cleanup(func() { r.put(t, l.policy, r.policies[l.policy]) })
	r.put(t, l.policy, l.text)
	without := r.plays(t, n.scenario)
	without.until("a sign that "+l.action+" is missing", func() bool {
		if n.works(without.story) {
			t.Fatalf("it works without %s: drop that from %s\n%s", l.what, r.id, without)
		}
		return n.shows(without, l.action)
	})
	r.put(t, l.policy, r.policies[l.policy])
	again := r.plays(t, n.scenario)
	again.until("it to work with "+l.action, func() bool { return n.works(again.story) })
}

// The prefix binds the role by itself: for a pipeline that the function minds
// and the role does not cover, SageMaker refuses all it asks (T7, T9).
func pipelinesOutsideAreRefused(t *testing.T, s *stack) {
	r := s.role(t, "RetrierRole")
	for name, text := range r.policies {
		d := parsePolicy(t, text)
		at := slices.IndexFunc(d.Statement, func(s statement) bool { return slices.Contains(s.Action, "sagemaker:RetryPipelineExecution") })
		if at < 0 {
			continue
		}
		d.Statement[at].Resource[0] = strings.Replace(d.Statement[at].Resource[0], "pipeline/"+s.prefix, "pipeline/other-", 1)
		t.Cleanup(func() { r.put(t, name, text) })
		r.put(t, name, d.text(t))
		outside := s.plays(t, atOnce)
		outside.until("a refusal", func() bool { return refusedAndKept(outside, "sagemaker:DescribePipelineExecution") })
	}
}
