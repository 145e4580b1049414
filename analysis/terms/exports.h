// What a unit tells the rest of its module (and, through summaries, other modules): names, classes, attributes and
// function signatures as terms. A pure function of the unit: equal exports mean that nobody else can notice an edit.
// Immutable once built, safe from any thread; string_views point into the unit's text.
#pragma once
#include <memory>

#include "analysis/facts/facts.h"
#include "analysis/terms/term.h"

namespace awaitd::analysis {

struct ExportedName {
  std::string_view name;
  TermId term = 0;
  BindingKind kind{};
  bool operator==(const ExportedName&) const = default;
};
struct ExportedParameter {
  std::string_view name;        // with its stars: "*args"
  TermId term = 0;
  bool operator==(const ExportedParameter&) const = default;
};
struct Signature {
  std::string_view name;
  ClassId cls = kNone;          // of this unit, for a method of a local class
  bool async = false, generator = false, lambda = false;
  TermId annotated = 0;         // instance term of the return annotation, 0 if none
  TermId returned = 0;          // either of the returned expressions, 0 if none
  TermId yielded = 0;
  bool returns_value = false;   // some return has a value (or it is a lambda)
  bool stub = false;            // nothing but pass, ..., a docstring, a raise: its overrides say what it does
  bool declares = false;        // a stub that raises NotImplementedError and nothing else: subclasses must define it
  bool rewrites = false;        // sets attributes by names it works out: of the class it is handed, it may be any method
  std::vector<TermId> decorators;
  std::vector<ExportedParameter> parameters;
  bool operator==(const Signature&) const = default;
};
struct ExportedClass {
  std::string_view name;
  ClassId parent = kNone;
  std::vector<TermId> bases;
  std::vector<TermId> decorators;      // and the metaclass: who is handed the class when it is made
  std::vector<ExportedName> members;   // bindings of the class body
  bool operator==(const ExportedClass&) const = default;
};
struct ExportedAttribute {             // self.name = ..., in a method
  std::string_view name;
  TermId term = 0;
  std::int32_t cls = -1;               // ClassId of this unit, -1: the class the unit stands in
  bool operator==(const ExportedAttribute&) const = default;
};

struct ExportedOutside {               // other.name = ...: an attribute of something else than self
  std::string_view name;
  TermId object = 0;
  TermId value = 0;
  bool operator==(const ExportedOutside&) const = default;
};
struct ExportedConstruction {          // Thread(self, name=...): what may be a class is called; its parameters are that
  struct Given {
    std::string_view keyword;          // empty: the next position
    TermId value = 0;                  // 0: an expression that says nothing to others
    bool operator==(const Given&) const = default;
  };
  std::string_view name;               // the last part of the callee; "cls"; or "super": super().__init__
  TermId callee = 0;
  std::vector<Given> given;
  bool stars = false;                  // *args or **kwargs: anything may be given
  bool operator==(const ExportedConstruction&) const = default;
};
struct ExportedSetting {               // self._sock.setblocking(False): what later calls on the object depend on
  std::string_view receiver, method, value;
  bool operator==(const ExportedSetting&) const = default;
};

struct Exports {
  Terms terms;
  std::vector<Signature> functions;    // by FunctionId
  std::vector<ExportedClass> classes;  // by ClassId
  std::vector<ExportedName> globals;   // module-level names of a skeleton, `global` names a function assigns
  std::vector<ExportedAttribute> attributes;
  std::vector<ExportedOutside> outside;
  std::vector<ExportedSetting> settings;
  std::vector<ExportedConstruction> constructions;
  bool operator==(const Exports&) const = default;
};

std::shared_ptr<const Exports> build_exports(const Facts& facts);

}  // namespace awaitd::analysis
