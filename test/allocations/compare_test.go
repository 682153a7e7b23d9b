package main

import (
	_ "embed"
	"slices"
	"strings"
	"testing"
)

//go:embed allocations.txt
var committed string

func figures(t *testing.T, text string) []figure {
	t.Helper()
	out, err := parseFigures(text)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatAllocatesMoreIsNamed(t *testing.T) {
	was := figures(t, `# comment
./a BenchmarkFew 2 100
./a BenchmarkMany/in 100 10000
./a BenchmarkMany/out 100 10000
./b BenchmarkMany/in 1 1
./b BenchmarkGone 1 1
./b BenchmarkNew
`)
	is := figures(t, `
./a BenchmarkFew 3 164
./a BenchmarkMany/in 111 10000
./a BenchmarkMany/out 110 12001
./b BenchmarkMany/in 1 1
./b BenchmarkNew 7 7
./b BenchmarkNew/sub 7 7
`)
	faults, hints := compare(was, is)
	want := []string{
		"BenchmarkMany/in in ./a allocates 111 times per operation; it was 100.",
		"BenchmarkMany/out in ./a allocates 12001 bytes per operation; it was 10000.",
		"BenchmarkGone in ./b did not run. Was it renamed or removed?",
		"BenchmarkNew in ./b is registered without figures.",
		"BenchmarkNew/sub in ./b is new and has no figures yet.",
	}
	if !slices.Equal(faults, want) || len(hints) != 0 {
		t.Errorf("%q, %q", faults, hints)
	}
}

func TestWhatAllocatesMuchLessShouldBeWrittenDown(t *testing.T) {
	was := figures(t, "./a BenchmarkA 100 10000\n./a BenchmarkB 100 10000\n")
	faults, hints := compare(was, figures(t, "./a BenchmarkA 50 10000\n./a BenchmarkB 98 9900\n"))
	if len(faults) != 0 || len(hints) != 1 || !strings.HasPrefix(hints[0], "BenchmarkA in ./a allocates less now, 50 times") {
		t.Errorf("%q, %q", faults, hints)
	}
}

func TestTheLowestOfSeveralRoundsCounts(t *testing.T) {
	got := results("./a", `goos: linux
BenchmarkA         	     200	       473.8 ns/op	      12 B/op	       3 allocs/op
BenchmarkA         	     200	       483.8 ns/op	      10 B/op	       4 allocs/op
BenchmarkB/x       	     200	       483.8 ns/op	       7.00 turns/s	      10 B/op	       4 allocs/op
BenchmarkC       	     200	       483.8 ns/op
PASS
`)
	want := []figure{{"./a", "BenchmarkA", 3, 10, true}, {"./a", "BenchmarkB/x", 4, 10, true}}
	if !slices.Equal(got, want) {
		t.Errorf("%+v", got)
	}
}

func TestTheFileIsWrittenAsItIsRead(t *testing.T) {
	const text = "# What it is.\n# More.\n./a BenchmarkA 1 2\n./b BenchmarkB/x 3 4\n"
	got := figures(t, text)
	slices.Reverse(got)
	if s := written(text, got); s != text {
		t.Errorf("%q", s)
	}
	for _, bad := range []string{"", "# nothing\n", "./a BenchmarkA 1\n", "./a BenchmarkA x 1\n", "a BenchmarkA 1 1\n", "./a TestA 1 1\n", "./a BenchmarkA 1 1\n./a BenchmarkA 2 2\n"} {
		if _, err := parseFigures(bad); err == nil {
			t.Errorf("%q is read", bad)
		}
	}
}

func TestOnlyWhatIsRegisteredRuns(t *testing.T) {
	got := patterns(figures(t, "./a BenchmarkA\n./a BenchmarkA/x 1 1\n./a BenchmarkB/x/1 1 1\n./a BenchmarkB/y.z/1 1 1\n./a BenchmarkC 1 1\n"))
	want := []string{"^(BenchmarkA)$", `^(BenchmarkB)$/^(x|y\.z)$/^(1)$`, "^(BenchmarkC)$"}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// What is committed can be read, so that a slip in it is found before CI measures.
func TestTheCommittedFiguresCanBeRead(t *testing.T) {
	for _, f := range figures(t, committed) {
		if !f.known {
			t.Errorf("%s in %s is registered without figures: run \"make allocations\"", f.name, f.pkg)
		}
	}
}
