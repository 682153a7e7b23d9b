package config

import (
	"reflect"
	"strings"
)

// settingOf returns the environment variable of a field of Config.
func settingOf(field string) string {
	f, ok := reflect.TypeFor[Config]().FieldByName(field)
	if !ok {
		return field
	}
	name, _, _ := strings.Cut(f.Tag.Get("env"), ",")
	return name
}

// Settings returns the names of all settings.
func Settings() []string {
	t := reflect.TypeFor[Config]()
	names := make([]string, 0, t.NumField())
	for i := range t.NumField() {
		names = append(names, settingOf(t.Field(i).Name))
	}
	return names
}
