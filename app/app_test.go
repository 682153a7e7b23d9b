package app

import (
	"slices"
	"strings"
	"testing"
)

// Some settings are judged by the packages that parse them: their faults come together
// with all others, and a value that can't be read has only one.
func TestFaultsOfSettingsThatOtherPackagesParseAreFoundToo(t *testing.T) {
	for _, c := range []struct {
		settings map[string]string
		faults   []string
	}{
		{map[string]string{"MONGO_URL": "postgres://u:hunter2@db"}, []string{"MONGO_URL"}},
		{map[string]string{"MONGO_URL": "mongodb://u:hunter2@db/\n"}, []string{"MONGO_URL"}},
		{map[string]string{"ALLOWED_ORIGINS": "shop.example, https://*.example"}, []string{"ALLOWED_ORIGINS", "ALLOWED_ORIGINS"}},
		{map[string]string{"PUBLIC_URL": "chat.example.org"}, []string{"PUBLIC_URL"}},
		{map[string]string{"TRUSTED_PROXIES": "0.0.0.0/0"}, []string{"TRUSTED_PROXIES"}},
		{map[string]string{"STREAMS": "many", "MONGO_URL": "db", "ALLOWED_ORIGINS": "shop", "TRUSTED_PROXIES": "proxy"}, []string{"STREAMS", "MONGO_URL", "ALLOWED_ORIGINS", "TRUSTED_PROXIES"}},
		{map[string]string{"MONGO_URL": "mongodb://u:hunter2@db/parley", "ALLOWED_ORIGINS": "*", "TRUSTED_PROXIES": "10.0.0.0/8"}, nil},
	} {
		t.Run("", func(t *testing.T) {
			for name, value := range c.settings {
				t.Setenv(name, value)
			}
			_, faults := load("", "")
			var got []string
			for _, fault := range faults {
				got = append(got, fault.Setting)
			}
			if !slices.Equal(got, c.faults) || strings.Contains(faults.Error(), "hunter") {
				t.Errorf("%v: the faults are %v", c.settings, faults)
			}
		})
	}
}
