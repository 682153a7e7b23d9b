package mongostore_test

import (
	"strings"
	"testing"

	"github.com/parley-chat/parley/pkg/store/mongostore"
)

// The store's conduct is tested in the nested module ferrettest.

func TestOpenNamesWhatIsWrongWithTheURIButNotThePassword(t *testing.T) {
	for _, uri := range []string{
		"",
		"localhost:27017",
		"http://ada:s3cret@localhost/",
		"mongodb://ada:s3cret@/parley",
		"mongodb://ada:s3cret%zz@localhost/parley",
		"mongodb://ada:s3:cret@localhost/parley",
		"mongodb://ada:s3cret@localhost:port/parley",
		"mongodb://ada:s3cret@localhost/parley?authMechanism=nonsense",
		"mongodb://ada:s3cret@localhost/parley?w=-1",
	} {
		s, err := mongostore.Open(t.Context(), uri)
		if err == nil {
			_ = s.Close()
			t.Errorf("%s was opened", uri)
			continue
		}
		if strings.Contains(err.Error(), "s3") || strings.Contains(err.Error(), "cret") {
			t.Errorf("the error for %s tells the password: %v", uri, err)
		}
		if !strings.Contains(err.Error(), "MongoDB") {
			t.Errorf("the error for %s does not say what it is about: %v", uri, err)
		}
	}
}
