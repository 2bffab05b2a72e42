package host

import (
	"net/http"
	"runtime"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// A Reach is what it takes to work in a local account that runs, also for a
// process that did not start it.
type Reach struct {
	Root, Folder string // as in Options
	Endpoint     string // MiniStack's URL
	IAM          bool   // as in Options

	connections *http.Client // that all clients share; nil: each has its own
}

// The emulator's root user. Without IAM, the access key is an account's number.
const rootKey, rootSecret = "test", "test"

// AWS is the configuration of a client that acts as the account's root user.
func (r Reach) AWS(home Home) aws.Config {
	c := aws.Config{
		Region: home.Region, BaseEndpoint: aws.String(r.Endpoint),
		Credentials: credentials.NewStaticCredentialsProvider(r.accessKey(home), rootSecret, ""),
	}
	if r.connections != nil {
		c.HTTPClient = r.connections
	}
	return c
}

// newConnections are those of a process that asks all the time: an event or a
// question to IAM each makes a client of its own. MiniStack's server closes a
// connection that was idle for five seconds; ours are given up before.
func newConnections() *http.Client {
	return &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: 3 * time.Second}}
}

func (r Reach) accessKey(home Home) string {
	if r.IAM {
		return rootKey
	}
	return home.Number
}

// Architecture is the value of the template's parameter for functions that run
// on this machine, as they do here.
func Architecture() string {
	if runtime.GOARCH == "arm64" {
		return "arm64"
	}
	return "x86_64"
}
