export { AccountEraser } from './eraser';
export { AccountExport } from './export-account';
export { ChatExport } from './export-chats';
export { ExportService } from './export-service';
export type { ExportFile, ExportSource } from './export-source';
export { ErasureRepository, ExportRepository } from './repository';
export { accountRoutes } from './routes';
export { AccountService } from './service';
export type { EraseInput, EraseStep } from './writes';
