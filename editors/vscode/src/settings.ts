// The settings as the server knows them: what VS Code calls targetPython is target-python in pyproject.toml and in every
// other editor. Unset ones (null) stay out, so that the project's own hold.
const KEYS = ['select', 'extendSelect', 'ignore', 'targetPython', 'blocking', 'overlap', 'freeThreaded', 'followPackages', 'interpreter', 'diagnosticMode', 'inlayHints', 'codeLens', 'logLevel'] as const;

export function forServer(section: unknown): Record<string, unknown> {
  const settings = (section ?? {}) as Record<string, unknown>;
  const out: Record<string, unknown> = {};
  for (const key of KEYS) {
    const value = settings[key];
    if (value !== null && value !== undefined) out[key.replace(/[A-Z]/g, (c) => `-${c.toLowerCase()}`)] = value;
  }
  return out;
}

// What the server reads of the section of Python extensions: the environment that the user selected there, or else the
// one in the settings.
export function pythonForServer(section: unknown, selected: string | undefined): Record<string, unknown> {
  const settings = (section ?? {}) as Record<string, unknown>;
  const path = selected ?? settings.pythonPath ?? settings.defaultInterpreterPath;
  return typeof path === 'string' ? { pythonPath: path } : {};
}
