package knowledge_test

import (
	"context"
	_ "embed"
	"strings"
	"testing"

	"github.com/parley-chat/parley/botworker/knowledge"
)

//go:embed eval/parley.tsv
var asked string

// questions are those of the evaluation, so that a benchmark never asks one twice in a row.
func questions() []string {
	var out []string
	for line := range strings.Lines(asked) {
		if q, _, ok := strings.Cut(line, "\t"); ok && !strings.HasPrefix(line, "#") {
			out = append(out, q)
		}
	}
	return out
}

// BenchmarkDifferentQuestions searches the built-in pages for one question after the other.
func BenchmarkDifferentQuestions(b *testing.B) {
	ix, err := knowledge.Load(context.Background(), knowledge.Builtin())
	if err != nil {
		b.Fatal(err)
	}
	all := questions()
	for _, q := range all {
		ix.Search(q, 3) // what is remembered of single words is there
	}
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		ix.Search(all[i%len(all)], 3)
	}
}
