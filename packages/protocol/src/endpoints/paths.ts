import { z } from 'zod';
import { ChatId, idText, MessageId, ReportId, UserId } from '../ids';
import { Emoji } from '../messages';

export const ChatPath = z.object({ chat_id: idText(ChatId) });
export const MemberPath = z.object({ chat_id: idText(ChatId), user_id: idText(UserId) });
export const MessagePath = z.object({ message_id: idText(MessageId) });
export const ReactionPath = z.object({ message_id: idText(MessageId), emoji: Emoji });
export const UserPath = z.object({ user_id: idText(UserId) });
export const ReportPath = z.object({ report_id: idText(ReportId) });
