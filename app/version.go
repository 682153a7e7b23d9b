package app

import (
	"cmp"
	"fmt"
	"runtime"
	"runtime/debug"
)

// Version describes this program in a line: the version that replicas report, what it was
// built from, and with which Go.
func Version(linked string) string {
	info, _ := debug.ReadBuildInfo()
	return describe(linked, info)
}

// describe is Version for what the program knows of its build, which may be nothing (nil).
func describe(linked string, info *debug.BuildInfo) string {
	module, revision, changed := "", "", ""
	if info != nil {
		if info.Main.Version != "(devel)" {
			module = info.Main.Version
		}
		for _, s := range info.Settings {
			switch {
			case s.Key == "vcs.revision":
				revision = "revision " + s.Value[:min(len(s.Value), 12)]
			case s.Key == "vcs.modified" && s.Value == "true":
				changed = ", with changes"
			}
		}
	}
	if revision == "" {
		changed = ""
	}
	return fmt.Sprintf("parley %s (%s%s), %s, %s/%s", linked, cmp.Or(revision, module, "revision not known"), changed, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}
