package app

import (
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// passwordFile is where the generated password of "admin" is kept, in DATA_DIR.
const passwordFile = "admin-password"

// firstPassword is the generated password of "admin", or where to read it. Both are empty
// if none was generated.
type firstPassword struct {
	shown string
	file  string
	// set is true if it was not generated, since ADMIN_PASSWORD says it.
	set bool
}

// keepPassword returns what keeps the generated password before there is an account with
// it, and how it is announced. A person at a terminal reads it there, once. What else
// standard output leads to is likely to be collected and kept, and read by many: there only
// the name of a file is announced, which only this user can read.
func (s *system) keepPassword(terminal bool) (keep func(string) (func(bool), error), announced func(generated string) firstPassword) {
	if terminal && s.LogFormat != "json" {
		return nil, func(generated string) firstPassword { return firstPassword{shown: generated} }
	}
	path := filepath.Join(s.DataDir, passwordFile)
	keep = func(password string) (func(bool), error) {
		temporary, err := writeSecret(path, password)
		if err != nil {
			return nil, configError{fmt.Errorf("ADMIN_PASSWORD is not set, and a generated password can't be kept in the folder %s (DATA_DIR): %w; set ADMIN_PASSWORD", s.DataDir, cause(err))}
		}
		return func(ours bool) {
			if !ours {
				_ = os.Remove(temporary)
			} else if err := os.Rename(temporary, path); err != nil {
				s.log.Error().Err(err).Str("file", temporary).Msg("the generated password of admin is in this file: the file could not be renamed")
			}
		}, nil
	}
	return keep, func(generated string) firstPassword {
		if generated == "" {
			return firstPassword{}
		}
		if whole, err := filepath.Abs(path); err == nil {
			path = whole
		}
		return firstPassword{file: path}
	}
}

// writeSecret writes a file of a new name beside path that only this user can read.
func writeSecret(path, secret string) (name string, err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return "", err
	}
	removeOlder(path + ".*")
	f, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*") // of mode 0600
	if err != nil {
		return "", err
	}
	_, err = f.WriteString(secret + "\n")
	if e := f.Sync(); err == nil {
		err = e
	}
	if e := f.Close(); err == nil {
		err = e
	}
	if err != nil {
		_ = os.Remove(f.Name())
		return "", err
	}
	return f.Name(), nil
}

// removeOlder removes what a start left that ended before there was an account. What is
// younger than a minute may be another process's, which is about to rename it.
func removeOlder(pattern string) {
	left, _ := filepath.Glob(pattern) // fails for a bad pattern only: then nothing is removed
	for _, name := range left {
		if info, err := os.Stat(name); err == nil && time.Since(info.ModTime()) > time.Minute {
			_ = os.Remove(name)
		}
	}
}
