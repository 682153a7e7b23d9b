package app

import (
	"errors"
	"fmt"
	"strings"

	"github.com/parley-chat/parley/gateway/accounts"
	"github.com/parley-chat/parley/pkg/bus"
)

// configError is an error that the user can correct, usually by a setting.
type configError struct{ error }

func (e configError) Unwrap() error { return e.error }

// unusable reports the faults of the settings, one per line.
func unusable(faults error) error {
	return configError{fmt.Errorf("these settings can't be used:\n  %s", strings.ReplaceAll(faults.Error(), "\n", "\n  "))}
}

// explain returns what the user should read about an error that ends the process.
func explain(err error) error {
	if layout, ok := errors.AsType[*bus.LayoutError](err); ok {
		return configError{errors.New(layout.Sentence)}
	}
	if limit, ok := errors.AsType[*bus.LimitError](err); ok {
		return configError{limit}
	}
	if errors.Is(err, accounts.ErrAdminPassword) {
		return configError{err}
	}
	return err
}

// ExitCode returns the exit code for the result of a command: 0 for nil, 2 for an
// error that the user can correct, otherwise 1.
func ExitCode(err error) int {
	switch {
	case err == nil:
		return 0
	case errors.As(err, &configError{}):
		return 2
	}
	return 1
}
