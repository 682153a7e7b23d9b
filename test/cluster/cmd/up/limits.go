package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
)

// watches are kernel limits that three kubelets and their pods exceed.
var watches = map[string]int{
	"/proc/sys/fs/inotify/max_user_instances": 8192,
	"/proc/sys/fs/inotify/max_user_watches":   524288,
}

// raise raises the limits that are lower; restore puts the old values back.
func raise() (restore func() error, err error) {
	before := map[string]string{}
	restore = func() error {
		var faults []error
		for file, value := range before {
			faults = append(faults, os.WriteFile(file, []byte(value), 0o600))
		}
		return errors.Join(faults...)
	}
	for file, least := range watches {
		text, err := os.ReadFile(file)
		if err != nil {
			return restore, fmt.Errorf("read a limit: %w", err)
		}
		if have, err := strconv.Atoi(strings.TrimSpace(string(text))); err == nil && have >= least {
			continue
		}
		if err := os.WriteFile(file, []byte(strconv.Itoa(least)), 0o600); err != nil {
			return restore, fmt.Errorf("raise a limit: %w", err)
		}
		before[file] = string(text)
	}
	return restore, nil
}
