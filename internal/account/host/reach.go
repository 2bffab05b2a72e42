package host

import (
	"runtime"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// A Reach is what it takes to work in a local account that runs, also for a
// process that did not start it.
type Reach struct {
	Root, Folder string // as in Options
	Endpoint     string // MiniStack's URL
	IAM          bool   // as in Options
}

// The emulator's root user. Without IAM, the access key is an account's number.
const rootKey, rootSecret = "test", "test"

// AWS is the configuration of a client that acts as the account's root user.
func (r Reach) AWS(home Home) aws.Config {
	return aws.Config{
		Region: home.Region, BaseEndpoint: aws.String(r.Endpoint),
		Credentials: credentials.NewStaticCredentialsProvider(r.accessKey(home), rootSecret, ""),
	}
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
