export * from '@tapeloop/tapeloop'
