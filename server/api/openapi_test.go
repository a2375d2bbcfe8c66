package api_test

import (
	"testing"

	"github.com/getkin/kin-openapi/openapi3"

	"clearday/server/api"
)

func TestDocument(t *testing.T) {
	data, err := api.Document()
	if err != nil {
		t.Fatal(err)
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData(data)
	if err != nil {
		t.Fatalf("reading the document back: %v", err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		t.Errorf("the document is not valid: %v", err)
	}
	meeting := doc.Components.Schemas["Meeting"]
	if meeting == nil || meeting.Value.Properties["starts_at"].Value.Format != "date-time" || len(meeting.Value.Required) == 0 {
		t.Errorf("the schema of a meeting = %+v, want its fields with starts_at as a time", meeting)
	}
	for name, schema := range doc.Components.Schemas {
		if schema.Value.Properties["device"] != nil {
			t.Errorf("the schema %s shows the device of an asker", name)
		}
	}
}
