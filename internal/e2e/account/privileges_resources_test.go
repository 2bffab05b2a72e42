//go:build e2e

package account

import (
	"crypto/sha256"
	"encoding/json"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	sqstypes "github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// The queue takes messages of the one rule, of the account's own roles that may
// send, and of nobody without TLS.
func TestPolicyOfTheQueue(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	got, err := sqs.NewFromConfig(s.AWS(s.home)).GetQueueAttributes(t.Context(), &sqs.GetQueueAttributesInput{
		QueueUrl: aws.String(s.Outputs["DeadLettersUrl"]), AttributeNames: []sqstypes.QueueAttributeName{"Policy", "SqsManagedSseEnabled"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if got.Attributes["SqsManagedSseEnabled"] != "true" {
		t.Errorf("encryption: got %v", got.Attributes)
	}
	queue := list{s.own(t, "sqs")["dead letters"]}
	s.policyIs(t, got.Attributes["Policy"], []statement{
		{Sid: "TheRuleMaySend", Effect: "Allow", Principal: service("events"), Action: list{"sqs:SendMessage"}, Resource: queue,
			Condition: map[string]map[string]list{"ArnEquals": {"aws:SourceArn": {s.own(t, "events")["rule"]}}}},
		{Sid: "NobodyWithoutTLS", Effect: "Deny", Principal: json.RawMessage(`"*"`), Action: list{"sqs:*"}, Resource: queue,
			Condition: map[string]map[string]list{"Bool": {"aws:SecureTransport": {"false"}}}},
	})
}

// The topic takes messages of the stack's alarms, and of nobody without TLS.
func TestPolicyOfTheTopic(t *testing.T) {
	t.Parallel()
	s := shared.stack(t, nil)
	topic := s.Outputs["AlarmTopic"]
	alarms := "arn:aws:cloudwatch:" + s.home.Region + ":" + s.home.Number + ":alarm:" + s.Name + "-*"
	s.policyIs(t, s.topicPolicy(t, topic), []statement{
		{Sid: "TheAlarmsMayPublish", Effect: "Allow", Principal: service("cloudwatch"), Action: list{"sns:Publish"}, Resource: list{topic},
			Condition: map[string]map[string]list{"StringEquals": {"aws:SourceAccount": {s.home.Number}}, "ArnLike": {"aws:SourceArn": {alarms}}}},
		{Sid: "NobodyWithoutTLS", Effect: "Deny", Principal: json.RawMessage(`"*"`), Resource: list{topic},
			Action: list{"sns:AddPermission", "sns:DeleteTopic", "sns:GetTopicAttributes", "sns:ListSubscriptionsByTopic",
				"sns:Publish", "sns:RemovePermission", "sns:SetTopicAttributes", "sns:Subscribe"},
			Condition: map[string]map[string]list{"Bool": {"aws:SecureTransport": {"false"}}}},
	})
}

// topicPolicy asks SNS, for which the project has no SDK, in its Query protocol.
func (s *stack) topicPolicy(t *testing.T, topic string) string {
	t.Helper()
	form := url.Values{"Action": {"GetTopicAttributes"}, "Version": {"2010-03-31"}, "TopicArn": {topic}}.Encode()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, s.Endpoint+"/", strings.NewReader(form))
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	key, err := s.AWS(s.home).Credentials.Retrieve(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := v4.NewSigner().SignHTTP(t.Context(), key, request, fmt.Sprintf("%x", sha256.Sum256([]byte(form))), "sns", s.home.Region, time.Now()); err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return attributes(t, body)["Policy"]
}

func service(name string) json.RawMessage {
	return json.RawMessage(`{"Service":"` + name + `.amazonaws.com"}`)
}

// policyIs compares a resource's policy with what it is to say, minding neither
// order nor generated names.
func (s *stack) policyIs(t *testing.T, text string, want []statement) {
	t.Helper()
	got := parsePolicy(t, text).Statement
	for i := range got {
		got[i] = spaceless(t, got[i])
		if want[min(i, len(want)-1)].Sid == "" {
			got[i].Sid = ""
		}
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("policy: got %s, want %+v", text, want)
	}
}

// attributes are those of an answer in the Query protocol.
func attributes(t *testing.T, body []byte) map[string]string {
	t.Helper()
	var answer struct {
		Entries []struct {
			Key   string `xml:"key"`
			Value string `xml:"value"`
		} `xml:"GetTopicAttributesResult>Attributes>entry"`
	}
	if err := xml.Unmarshal(body, &answer); err != nil {
		t.Fatalf("%s: %v", body, err)
	}
	all := map[string]string{}
	for _, e := range answer.Entries {
		all[e.Key] = e.Value
	}
	return all
}
