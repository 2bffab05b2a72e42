package account

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Folder is where a running local account keeps its state, its logs and its
// temporary files, below the project's folder.
const Folder = ".tools/account"

// stateFile is the file of [State], in Folder.
const stateFile = "account.json"

// A State is where a running local account is to be found.
type State struct {
	PID       int    `json:"pid"`       // of the process that holds it together
	Endpoint  string `json:"endpoint"`  // URL of MiniStack, for every service but SageMaker
	SageMaker string `json:"sageMaker"` // URL of the stand-in for it
	Control   string `json:"control"`   // URL of the stand-in's control side
	Region    string `json:"region"`
	Number    string `json:"number"` // the account's twelve digits
	Stack     string `json:"stack"`  // empty until it is deployed
	LogGroup  string `json:"logGroup"`

	SweepLogGroup string `json:"sweepLogGroup,omitempty"`
}

// ErrNone is returned by Find where no local account runs.
var ErrNone = errors.New("no local account is running here: start one with `make account`")

// Find reads the state of the local account of the project that dir is in. Its
// error is ErrNone where there is none, and says what is wrong otherwise.
func Find(dir string) (State, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return State{}, err
	}
	for {
		s, err := Read(filepath.Join(dir, Folder))
		if !errors.Is(err, fs.ErrNotExist) {
			return s, err
		}
		if filepath.Dir(dir) == dir {
			return State{}, ErrNone
		}
		dir = filepath.Dir(dir)
	}
}

// Read reads the state in a folder. Its error is fs.ErrNotExist where there is
// none.
func Read(folder string) (s State, err error) {
	path := filepath.Join(folder, stateFile)
	text, err := os.ReadFile(path)
	if err != nil {
		return s, err
	}
	if err := json.Unmarshal(text, &s); err != nil {
		return s, fmt.Errorf("%s: %w; `make account-down` clears it away", path, err)
	}
	return s, nil
}

// Write replaces the state in a folder, which it makes where it is not there.
func (s State) Write(folder string) error {
	text, err := json.MarshalIndent(s, "", "  ")
	if err != nil {
		return err
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return err
	}
	draft := filepath.Join(folder, stateFile+".new")
	if err := os.WriteFile(draft, append(text, '\n'), 0o600); err != nil {
		return err
	}
	return os.Rename(draft, filepath.Join(folder, stateFile))
}
