package awstest

import (
	"strings"
	"testing"
	"time"
)

const gpus = "ml.g5.xlarge for training job usage"

// Executions that want the same few instances: who finds none free fails within
// seconds in the service's words, and takes none; who has one runs to its end.
func TestAQuotaIsShared(t *testing.T) {
	s := open(t, Config{Quotas: map[string]int{gpus: 2}})
	var arns []string
	for range 3 {
		arns = append(arns, s.Add(Script{Quota: gpus, Runs: []Run{Succeeds().After(time.Hour)}}))
	}
	equal(t, "in use", s.InUse(gpus), 2)
	equal(t, "at first", s.Execution(arns[2]).Status, Executing)
	s.clock.pass(2 * time.Second)
	e := s.Execution(arns[2])
	equal(t, "without an instance", e.Status, Failed)
	row := s.steps(arns[2])[0]
	equal(t, "its reason", strings.HasPrefix(*row.FailureReason, "ClientError: Failed to invoke sagemaker:CreateTrainingJob. Error Details: "+
		"The account-level service limit 'ml.g5.xlarge for training job usage' is 2 Instances, with current utilization of "+
		"2 Instances and a request delta of 1 Instances."), true)
	equal(t, "its job", row.Metadata.TrainingJob == nil, true)
	if err := s.retry(arns[2], "a"); err != nil {
		t.Fatal(err)
	}
	s.clock.pass(2 * time.Second)
	equal(t, "still none free", s.Execution(arns[2]).Status, Failed)
	s.clock.pass(time.Hour)
	equal(t, "with an instance", s.Execution(arns[0]).Status, Succeeded)
	equal(t, "in use by nobody", s.InUse(gpus), 0)
	if err := s.retry(arns[2], "b"); err != nil {
		t.Fatal(err)
	}
	equal(t, "in use again", s.InUse(gpus), 1)
	s.clock.pass(time.Hour)
	equal(t, "at last", s.Execution(arns[2]).Status, Succeeded)
	s.clean()
}

// However a run ends, its instance is free again.
func TestAnInstanceIsGivenBack(t *testing.T) {
	for how, end := range map[string]func(*scene, string){
		"it is stopped":      func(s *scene, arn string) { s.Stop(arn); s.clock.pass(time.Minute) },
		"it is deleted":      func(s *scene, arn string) { s.Delete(arn) },
		"it fails":           func(s *scene, arn string) { s.Fail(arn, Step{Name: "Train", Reason: ReasonUserCode}) },
		"it succeeds":        func(s *scene, arn string) { s.Succeed(arn) },
		"it ends by itself":  func(s *scene, _ string) { s.clock.pass(time.Hour) },
		"it ends before":     func(s *scene, _ string) { s.clock.pass(2 * time.Hour) },
		"its quota is freed": func(s *scene, _ string) { s.Configure(func(c *Config) { c.Quotas = nil }) },
	} {
		s := open(t, Config{Quotas: map[string]int{gpus: 1}, StopTakes: time.Minute})
		first := s.Add(Script{Quota: gpus, Runs: []Run{FailsAt("Train", ReasonUserCode).After(time.Hour)}})
		end(s, first)
		second := s.Add(Script{Quota: gpus, Runs: []Run{Succeeds().After(time.Minute)}})
		s.clock.pass(time.Minute)
		equal(t, how, s.Execution(second).Status, Succeeded)
	}
}

// Runs that found nothing free use up none of the script's.
func TestTheScriptGoesOnBehindAQuota(t *testing.T) {
	s := open(t, Config{Quotas: map[string]int{"ml.m5.xlarge for processing job usage": 0}, QuotaTakes: 3 * time.Second})
	arn := s.Add(Script{Quota: "ml.m5.xlarge for processing job usage", Runs: []Run{
		Fails(Step{Name: "Prepare", Kind: Processing, Reason: ReasonInternal}), Succeeds(),
	}})
	s.clock.pass(3 * time.Second)
	step := s.Execution(arn).Steps[0]
	equal(t, "the step", step.Name, "Prepare")
	equal(t, "its kind", step.Kind, Processing)
	equal(t, "its call", strings.Contains(step.Reason, "sagemaker:CreateProcessingJob"), true)
	s.Configure(func(c *Config) { c.Quotas = nil })
	for i, want := range []string{ReasonInternal, ""} {
		if err := s.retry(arn, string(rune('a'+i))); err != nil {
			t.Fatal(err)
		}
		equal(t, "reason", s.Execution(arn).Steps[0].Reason, want)
	}
	equal(t, "at last", s.Execution(arn).Status, Succeeded)
	equal(t, "its job's instance", s.Execution(arn).Steps[0].Instance, "ml.m5.xlarge")
	s.clean()
}

// Many changes come due in the order of their instants, those of one instant in
// that of the executions.
func TestManyChangesInOrder(t *testing.T) {
	s := open(t, Config{})
	var want []string
	for i := range 50 {
		lasts := time.Duration(1+i%5) * time.Second
		s.Add(Script{Runs: []Run{Succeeds().After(lasts)}})
	}
	all := s.Executions()
	for lasts := range 5 {
		for i, e := range all {
			if i%5 == lasts {
				want = append(want, e.ARN)
			}
		}
	}
	s.Events()
	s.Delete(all[7].ARN)
	next, ok := s.NextChange()
	equal(t, "next", next, start.Add(time.Second))
	equal(t, "one to come", ok, true)
	s.clock.pass(time.Hour)
	var got []string
	for _, e := range s.Events() {
		got = append(got, e.ARN)
	}
	deleted := strings.Join(want, " ")
	equal(t, "order", strings.Join(got, " "), strings.Replace(deleted, all[7].ARN+" ", "", 1))
	_, ok = s.NextChange()
	equal(t, "anything left", ok, false)
}
