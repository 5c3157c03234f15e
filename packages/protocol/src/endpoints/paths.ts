import { z } from 'zod';
import { DeviceId } from '../encodings';
import {
  ChatId,
  idText,
  MentionId,
  MessageId,
  NotificationId,
  ReportId,
  ScheduledId,
  UserId,
} from '../ids';
import { InviteCode } from '../invites';
import { Emoji } from '../messages';

export const ChatPath = z.object({ chat_id: idText(ChatId) });
export const MemberPath = z.object({ chat_id: idText(ChatId), user_id: idText(UserId) });
export const MessagePath = z.object({ message_id: idText(MessageId) });
export const ReactionPath = z.object({ message_id: idText(MessageId), emoji: Emoji });
export const InvitePath = z.object({ code: InviteCode });
export const ChatInvitePath = z.object({ chat_id: idText(ChatId), code: InviteCode });
export const ScheduledPath = z.object({ scheduled_id: idText(ScheduledId) });
export const NotificationPath = z.object({ notification_id: idText(NotificationId) });
export const MentionPath = z.object({ mention_id: idText(MentionId) });
export const UserPath = z.object({ user_id: idText(UserId) });
export const ReportPath = z.object({ report_id: idText(ReportId) });
export const DevicePath = z.object({ device_id: DeviceId });
