package app

import (
	"runtime/debug"
	"strings"
	"testing"
)

func TestTheVersionSaysWhatItWasBuiltFrom(t *testing.T) {
	t.Parallel()
	from := func(module string, settings ...string) *debug.BuildInfo {
		info := &debug.BuildInfo{Main: debug.Module{Version: module}}
		for i := 0; i < len(settings); i += 2 {
			info.Settings = append(info.Settings, debug.BuildSetting{Key: settings[i], Value: settings[i+1]})
		}
		return info
	}
	for _, c := range []struct {
		what string
		info *debug.BuildInfo
		want string
	}{
		{"a clone", from("(devel)", "vcs.revision", "0123456789abcdef", "vcs.modified", "false"), "parley 1.2.3 (revision 0123456789ab), go"},
		{"a clone with changes", from("v0.0.0-2026", "vcs.revision", "0123456789abcdef", "vcs.modified", "true"), "parley 1.2.3 (revision 0123456789ab, with changes), go"},
		{"go install", from("v1.2.3"), "parley 1.2.3 (v1.2.3), go"},
		{"an archive", from("(devel)"), "parley 1.2.3 (revision not known), go"},
		{"nothing is known", nil, "parley 1.2.3 (revision not known), go"},
	} {
		if got := describe("1.2.3", c.info); !strings.HasPrefix(got, c.want) {
			t.Errorf("%s: %q, want %q", c.what, got, c.want)
		}
	}
}
