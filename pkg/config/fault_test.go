package config

import (
	"errors"
	"fmt"
	"testing"
)

func TestFaultsKnowTheirSetting(t *testing.T) {
	var faults Faults
	if faults.Has("ADDR") || faults.Error() != "" {
		t.Errorf("no faults say %q", faults)
	}
	faults = Faults{{"ADDR", "it holds MONGO_URL: nothing else"}, {"STREAMS", "too many"}}
	if !faults.Has("ADDR") || !faults.Has("STREAMS") || faults.Has("MONGO_URL") {
		t.Errorf("%+v: a setting is mixed up with another", faults)
	}
	if want := "ADDR: it holds MONGO_URL: nothing else\nSTREAMS: too many"; faults.Error() != want {
		t.Errorf("they read %q, want %q", faults, want)
	}
}

func TestErrorsOfParsersBecomeFaultsOfTheirSetting(t *testing.T) {
	faults := Faults{{"ADDR", "unreadable"}}
	faults.Add("ADDR", errors.New("not what was meant"))
	faults.Add("MONGO_URL", nil)
	faults.Add("ALLOWED_ORIGINS", errors.Join(errors.New("one"), errors.New("another")))
	faults.Add("TRUSTED_PROXIES", fmt.Errorf("read it: %w", errors.New("no")))
	if want := "ADDR: unreadable\nALLOWED_ORIGINS: one\nALLOWED_ORIGINS: another\nTRUSTED_PROXIES: read it: no"; faults.Error() != want {
		t.Errorf("they read %q, want %q", faults, want)
	}
}
